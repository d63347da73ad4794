import { expect } from 'chai';
import { bulkStep, expireBulks, requeueBulks } from '../../src/services/bulk-step.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const REASON = 'the office in Lyon closes';

describeBothWays('An action on many people', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let late = 0;

  beforeEach(async () => {
    late = 0;
    const clock = { now: () => Date.now() + late };
    rollcall = await startRollcall({ env: way.env(), overrides: { clock } });
    organization = await rollcall.addOrganization();
  });
  afterEach(() => rollcall.stop());

  const ask = (body: unknown, headers = {}) => rollcall.api.post(`${organization.path}/users/bulk`, body, headers);
  const look = async (body: unknown): Promise<Body> => expectStatus(await ask(body), 201);
  const confirm = ({ id, digest }: Body, more: object = {}) =>
    rollcall.api.post(`${organization.path}/bulk/${id}/confirm`, { digest, ...more });
  const cancel = ({ id }: Body) => rollcall.api.post(`${organization.path}/bulk/${id}/cancel`);
  const read = async ({ id }: Body): Promise<Body> =>
    expectStatus(await rollcall.api.get(`${organization.path}/bulk/${id}`), 200);
  const carriedOut = async (bulk: Body): Promise<Body> => {
    expectStatus(await confirm(bulk, { confirmCount: bulk.counts.done ?? 0 }), 202);
    return until('it is done', async () => {
      const now = await read(bulk);
      return now.state === 'done' && now;
    });
  };
  const results = async ({ id }: Body, query = ''): Promise<Body> =>
    expectStatus(await rollcall.api.get(`${organization.path}/bulk/${id}/results${query}`), 200);
  const verdicts = async (bulk: Body): Promise<Body> =>
    Object.fromEntries((await results(bulk)).items.map(({ userId, verdict }: Body) => [userId, verdict]));
  const act = async (id: string, action: string) =>
    expectStatus(await rollcall.api.post(`${organization.path}/users/${id}/${action}`), 200);
  const give = async (id: string, access: object) =>
    expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/access`, access), 200);
  const grant = () => ({ role: 'recruiter', scope: { kind: 'organization', id: organization.id } });
  const people = async (many: number): Promise<readonly string[]> => {
    const added: string[] = [];
    for (let n = 0; n < many; n++)
      added.push((await organization.addActiveUser(`Person ${n}`, `p${n}@example.com`)).id);
    return added;
  };
  const deactivate = (ids: readonly string[]) => ({ action: 'deactivate', select: { ids }, reason: REASON });

  it('tells counts, effects and a digest, and changes nobody before it is confirmed', async () => {
    const [ada, bob] = (await people(2)) as [string, string];
    await give(ada, { level: 'elevated', roles: [grant()] });
    const before = await organization.user(ada);
    const away = await organization.addUser('Away', 'away@example.com');
    await act(away.id, 'terminate');
    const bulk = await look(deactivate([ada, bob, bob, away.id, 'nobody']));
    expect(bulk).to.include({ state: 'ready', total: 4, needsConfirmCount: false });
    expect(bulk.counts).to.deep.equal({ done: 2, unchanged: 1, not_found: 1 });
    expect(bulk.effects).to.include({ rolesDormant: 1, rolesErased: 0, sessionsEnd: 2, interviewsToReschedule: 0 });
    expect(bulk.digest).to.match(/^[0-9a-f]{64}$/);
    expect((await results(bulk)).items[0]).to.deep.equal({ userId: ada, expected: 'done' });
    expect(await organization.user(ada)).to.deep.equal(before);
  });

  it('is carried out once it is confirmed, and stands in the history of each with its reason', async () => {
    const [ada, bob] = (await people(2)) as [string, string];
    const bulk = await look(deactivate([ada, bob, 'nobody']));
    const done = await carriedOut(bulk);
    expect(done.outcomes).to.deep.equal({ done: 2, not_found: 1 });
    expect(done.progress).to.deep.equal({ people: 3, of: 3 });
    expect(await verdicts(bulk)).to.deep.equal({ [ada]: 'done', [bob]: 'done', nobody: 'not_found' });
    expect((await organization.user(bob)).status).to.equal('deactivated');
    const { items } = expectStatus(await rollcall.api.get(`${organization.path}/users/${bob}/history`), 200);
    expect(items[0]).to.deep.include({ reason: REASON });
    expect(items[0].actor.bulkId).to.equal(bulk.id);
  });

  it('counts the booked interviews that stay behind', async () => {
    const [ada] = (await people(1)) as [string];
    const interview = {
      startsAt: '2199-07-01T09:00:00Z',
      endsAt: '2199-07-01T10:00:00Z',
      status: 'booked',
      version: 1,
    };
    const report = { ...interview, interviewers: [ada] };
    expectStatus(await rollcall.api.put(`${organization.path}/interviews/i1`, report), 200);
    expect((await look(deactivate([ada]))).effects.interviewsToReschedule).to.equal(1);
  });

  it('takes a filter without those that are spared, and says what it took for granted', async () => {
    const [ada, bob, eve] = (await people(3)) as [string, string, string];
    await act(eve, 'deactivate');
    const bulk = await look({ action: 'terminate', select: { filter: { q: 'person' }, except: [bob] } });
    expect(bulk.appliedDefaults).to.deep.equal({ status: 'active', kind: 'employee' });
    await carriedOut(bulk);
    expect(await verdicts(bulk)).to.deep.equal({ [ada]: 'done' });
    expect((await organization.user(eve)).status).to.equal('deactivated');
  });

  it('sets a level on active people only', async () => {
    const [ada, bob, eve] = (await people(3)) as [string, string, string];
    await give(bob, { level: 'elevated' });
    await act(eve, 'deactivate');
    const bulk = await look({ action: 'setLevel', level: 'elevated', select: { ids: [ada, bob, eve] } });
    await carriedOut(bulk);
    expect(await verdicts(bulk)).to.deep.equal({ [ada]: 'done', [bob]: 'unchanged', [eve]: 'not_active' });
    expect((await organization.user(ada)).access.level).to.equal('elevated');
  });

  it('puts active employees into a pool, and takes people out of it', async () => {
    const [ada, bob] = (await people(2)) as [string, string];
    await act(bob, 'deactivate');
    const agency = await organization.addUser('Recruiter', 'r@agency.example', { kind: 'agency' });
    await act(agency.id, 'activate');
    const select = { ids: [ada, bob, agency.id] };
    expect((await ask({ action: 'addPool', pool: 'p1', select })).status, 'no such pool').to.equal(404);
    expectStatus(await rollcall.api.put(`${organization.path}/pools/p1`, { name: 'One' }), 200);
    const joining = await look({ action: 'addPool', pool: 'p1', select });
    expect(joining.counts).to.deep.equal({ done: 1, not_active: 1, agency_user: 1 });
    await carriedOut(joining);
    const wanted = { [ada]: 'done', [bob]: 'not_active', [agency.id]: 'agency_user' };
    expect(await verdicts(joining)).to.deep.equal(wanted);
    expect((await organization.user(ada)).access.pools).to.deep.equal(['p1']);
    const leaving = await look({ action: 'removePool', pool: 'p1', select });
    expect(leaving.effects.poolsLeft).to.equal(1);
    await carriedOut(leaving);
    expect(await verdicts(leaving)).to.deep.equal({ [ada]: 'done', [bob]: 'unchanged', [agency.id]: 'unchanged' });
    expect((await organization.user(ada)).access.pools).to.deep.equal([]);
  });

  for (const [what, body, at] of [
    ['a level where none belongs', { action: 'activate', level: 'limited', select: { ids: ['a'] } }, 'level'],
    ['no level to set', { action: 'setLevel', select: { ids: ['a'] } }, 'level'],
    ['no pool to join', { action: 'addPool', select: { ids: ['a'] } }, 'pool'],
    ['nobody selected', { action: 'activate', select: {} }, 'select'],
    ['ids and a filter', { action: 'activate', select: { ids: ['a'], filter: {} } }, 'select'],
    ['ids with exceptions', { action: 'activate', select: { ids: ['a'], except: ['b'] } }, 'select.except'],
    ['a filter nobody knows', { action: 'activate', select: { filter: { color: 'red' } } }, 'select.filter.color'],
  ] as const)
    it(`is refused with ${what}`, async () => {
      const { status, body: problem } = await ask(body);
      expect(status).to.equal(400);
      expect(problem.errors[0].path).to.equal(at);
    });

  it('never makes an agency user admin, and nobody changes their own access', async () => {
    const [ada] = (await people(1)) as [string];
    const agency = await organization.addUser('Recruiter', 'r@agency.example', { kind: 'agency' });
    await act(agency.id, 'activate');
    const body = { action: 'setLevel', level: 'admin', select: { ids: [ada, agency.id] } };
    const bulk = expectStatus(await ask(body, { 'rollcall-actor': ada }), 201);
    expect(bulk.counts).to.deep.equal({ own_access: 1, agency_user: 1 });
    await carriedOut(bulk);
    expect(await verdicts(bulk)).to.deep.equal({ [ada]: 'own_access', [agency.id]: 'agency_user' });
  });

  it('activates nobody of an archived agency, archived before it was looked at or since', async () => {
    const recruiterOf = async (name: string) => {
      const agency = expectStatus(await rollcall.api.post(`${organization.path}/agencies`, { name }), 201);
      const more = { kind: 'agency', agencyId: agency.id };
      const { id } = await organization.addUser(name, `r@${name}.example`, more);
      await act(id, 'deactivate');
      return { id, archive: () => rollcall.api.post(`${organization.path}/agencies/${agency.id}/archive`) };
    };
    const [before, since] = [await recruiterOf('before'), await recruiterOf('since')];
    expectStatus(await before.archive(), 200);
    const bulk = await look({ action: 'activate', select: { ids: [before.id, since.id] } });
    expect(bulk.counts).to.deep.equal({ agency_user: 1, done: 1 });
    expectStatus(await since.archive(), 200);
    await carriedOut(bulk);
    expect(await verdicts(bulk)).to.deep.equal({ [before.id]: 'agency_user', [since.id]: 'agency_user' });
  });

  it('keeps the last admin, and says beforehand who it will be', async () => {
    const admins = await people(2);
    for (const id of admins) await give(id, { level: 'admin' });
    const bulk = await look(deactivate(admins));
    expect(bulk.counts).to.deep.equal({ done: 1, last_admin: 1 });
    await carriedOut(bulk);
    expect(Object.values(await verdicts(bulk))).to.deep.equal(['done', 'last_admin']);
    expect((await organization.user(admins[1] as string)).access.level).to.equal('admin');
  });

  it('is overridden by SCIM that was switched on meanwhile', async () => {
    const away = await organization.addUser('Away', 'away@example.com');
    const bulk = await look({ action: 'activate', select: { ids: [away.id] } });
    expect(bulk.counts).to.deep.equal({ done: 1 });
    await organization.change({ scim: { enabled: true } });
    await carriedOut(bulk);
    expect(await verdicts(bulk)).to.deep.equal({ [away.id]: 'overridden' });
    expect((await results(bulk)).items[0].reason).to.include('SCIM');
  });

  it('leaves whoever is not as they were when it was looked at', async () => {
    const [ada, bob] = (await people(2)) as [string, string];
    const bulk = await look(deactivate([ada, bob]));
    await give(ada, { level: 'elevated', roles: [grant()] });
    expectStatus(await rollcall.api.patch(`${organization.path}/users/${bob}`, { title: 'Something else' }), 200);
    await carriedOut(bulk);
    expect(await verdicts(bulk)).to.deep.equal({ [ada]: 'changed', [bob]: 'done' });
    expect((await organization.user(ada)).status).to.equal('active');
  });

  it('needs the number of people above 10 of them and 10 % of the active', async () => {
    const everybody = await people(11);
    const ten = await look(deactivate(everybody.slice(0, 10)));
    expect(ten.needsConfirmCount).to.equal(false);
    const eleven = await look(deactivate(everybody));
    expect(eleven.needsConfirmCount).to.equal(true);
    for (const more of [{}, { confirmCount: 10 }, { confirmCount: 12 }]) {
      const { status, body } = await confirm(eleven, more);
      expect({ status, code: body.code }).to.deep.equal({ status: 409, code: 'confirmation_required' });
    }
    expect((await read(eleven)).state).to.equal('ready');
    expect((await confirm(ten, { confirmCount: 9 })).body.code).to.equal('confirmation_required');
    expectStatus(await confirm(ten), 202);
    expectStatus(await confirm(eleven, { confirmCount: 11 }), 202);
  });

  it('is not carried out with another digest, nor after 24 hours', async () => {
    const [ada] = (await people(1)) as [string];
    const bulk = await look(deactivate([ada]));
    expect((await confirm({ ...bulk, digest: 'another' })).body.code).to.equal('bulk_changed');
    late = 24 * 3_600_000 + 60_000;
    expect((await confirm(bulk)).body.code).to.equal('bulk_expired');
    await expireBulks(rollcall.rollcall.deps);
    expect(await read(bulk)).to.include({ state: 'expired' });
    expect((await results(bulk)).items).to.deep.equal([]);
    expect((await organization.user(ada)).status).to.equal('active');
  });

  it('answers the same when it is confirmed again', async () => {
    const [ada] = (await people(1)) as [string];
    const bulk = await look(deactivate([ada]));
    const done = await carriedOut(bulk);
    await act(ada, 'activate');
    expect(expectStatus(await confirm(bulk), 202)).to.deep.equal(done);
    expect((await organization.user(ada)).status).to.equal('active');
  });

  it('is over when it is cancelled before it is confirmed: nobody is changed', async () => {
    const ids = await people(2);
    const bulk = await look(deactivate([...ids, 'nobody']));
    const over = expectStatus(await cancel(bulk), 200);
    expect(over).to.deep.include({ state: 'cancelled', outcomes: { cancelled: 3 }, progress: { people: 0, of: 3 } });
    expect(expectStatus(await cancel(bulk), 200), 'asked again').to.deep.equal(over);
    const { status, body } = await confirm(bulk);
    expect([status, body.code]).to.deep.equal([409, 'bulk_state']);
    expect(await read(bulk)).to.deep.equal(over);
    const told = Object.fromEntries([...ids, 'nobody'].map((id) => [id, 'cancelled']));
    expect(await verdicts(bulk)).to.deep.equal(told);
    expect((await results(bulk, '?verdict=cancelled')).items).to.have.length(3);
    for (const verdict of ['done', 'not_found'])
      expect((await results(bulk, `?verdict=${verdict}`)).items).to.deep.equal([]);
    for (const id of ids) expect((await organization.user(id)).status).to.equal('active');
    late = 24 * 3_600_000 + 60_000;
    await expireBulks(rollcall.rollcall.deps);
    expect(await read(bulk))
      .to.include({ state: 'cancelled' })
      .and.not.to.have.property('expiresAt');
    expect((await results(bulk)).items).to.deep.equal([]);
  });

  it('cannot be cancelled once it is done or has expired', async () => {
    const [ada] = (await people(1)) as [string];
    const [done, late24] = [await carriedOut(await look(deactivate([ada]))), await look(deactivate([ada]))];
    late = 24 * 3_600_000 + 60_000;
    await expireBulks(rollcall.rollcall.deps);
    for (const bulk of [done, late24]) {
      const { status, body } = await cancel(bulk);
      expect([status, body.code]).to.deep.equal([409, 'bulk_state']);
    }
    expect((await cancel({ id: 'none' })).status).to.equal(404);
    expect(await read(done)).to.deep.equal(done);
  });

  it('is listed with the others, the newest first, page by page', async () => {
    const [ada] = (await people(1)) as [string];
    const all: Body[] = [];
    for (const action of ['deactivate', 'terminate', 'activate'])
      all.unshift(await look({ action, select: { ids: [ada] } }));
    const list = async (query = '', { path } = organization) =>
      expectStatus(await rollcall.api.get(`${path}/bulk${query}`), 200);
    expect(await list()).to.deep.equal({ items: all, next: null });
    const first = await list('?limit=2');
    expect(first.items).to.deep.equal(all.slice(0, 2));
    expect(await list(`?limit=2&cursor=${first.next}`)).to.deep.equal({ items: all.slice(2), next: null });
    expect((await list('', await rollcall.addOrganization('Other'))).items).to.deep.equal([]);
    expect((await rollcall.api.get('/organizations/none/bulk')).status).to.equal(404);
  });

  it('pages its results, and filters them by verdict', async () => {
    const ids = [...(await people(2)), 'nobody', 'no one'];
    const bulk = await carriedOut(await look(deactivate(ids)));
    const first = await results(bulk, '?limit=3');
    const second = await results(bulk, `?limit=3&cursor=${first.next}`);
    expect([...first.items, ...second.items].map(({ userId }: Body) => userId)).to.deep.equal(ids);
    expect(second.next).to.equal(null);
    const missing = await results(bulk, '?verdict=not_found,changed&limit=1');
    expect(missing.items.map(({ userId }: Body) => userId)).to.deep.equal(['nobody']);
    const rest = await results(bulk, `?verdict=not_found&cursor=${missing.next}`);
    expect(rest.items.map(({ userId }: Body) => userId)).to.deep.equal(['no one']);
  });

  describe('delivered again and again', () => {
    /** Stands at the end of the first page of a confirmed action, as if its process had died before it could tell. */
    async function diedBeforeTelling(ids: readonly string[]) {
      const { deps } = rollcall.rollcall;
      const bulk = await look(deactivate(ids));
      const stored = await deps.stores.bulks.get(organization.id, bulk.id);
      if (!stored) throw new Error('nothing was stored');
      const bulks = {
        ...deps.stores.bulks,
        save: () => Promise.reject(new Error('killed')),
        addPage: () => Promise.reject(new Error('killed')),
      };
      const dying = { ...deps, stores: { ...deps.stores, bulks } };
      const running = { ...stored, version: stored.version + 1, state: 'running' } as const;
      await deps.stores.bulks.save(running);
      await bulkStep(dying, organization.id, bulk.id).catch(() => undefined);
      return bulk;
    }

    it('tells done of those that a dead process has changed, and changes nobody twice', async () => {
      const [ada, bob] = (await people(2)) as [string, string];
      const bulk = await diedBeforeTelling([ada, bob]);
      const [versions] = [await Promise.all([ada, bob].map(async (id) => (await organization.user(id)).version))];
      await requeueBulks(rollcall.rollcall.deps);
      await until('it is done', async () => (await read(bulk)).state === 'done');
      expect(await verdicts(bulk)).to.deep.equal({ [ada]: 'done', [bob]: 'done' });
      expect(await Promise.all([ada, bob].map(async (id) => (await organization.user(id)).version))).to.deep.equal(
        versions,
      );
    });

    it('leaves whoever came back after a dead process had changed them', async () => {
      const [ada] = (await people(1)) as [string];
      const bulk = await diedBeforeTelling([ada]);
      await act(ada, 'activate');
      await requeueBulks(rollcall.rollcall.deps);
      await until('it is done', async () => (await read(bulk)).state === 'done');
      expect((await organization.user(ada)).status).to.equal('active');
      expect(await verdicts(bulk)).to.deep.equal({ [ada]: 'done' });
    });

    it('counts everybody once when two work at it', async () => {
      const { deps } = rollcall.rollcall;
      const ids = await people(5);
      const bulk = await look(deactivate(ids));
      expectStatus(await confirm(bulk), 202);
      await Promise.all([1, 2, 3].map(() => bulkStep(deps, organization.id, bulk.id)));
      await until('it is done', async () => (await read(bulk)).state === 'done');
      expect((await read(bulk)).outcomes).to.deep.equal({ done: 5 });
    });
  });
});

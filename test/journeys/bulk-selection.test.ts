import { expect } from 'chai';
import type { USER_FILTERS } from '../../src/http/user-filters.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const MOST = 50_000;
const AT_ONCE = 10;

describeBothWays('Whom an action on many people is about', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  /** How many people the store says there are, active or selected; null: the truth. */
  let counted: number | null = null;

  before(async () => {
    rollcall = await startRollcall({
      env: way.env(),
      overrides: {
        around: (deps) => {
          const { users } = deps.stores;
          const count: typeof users.count = async (...asked) => counted ?? users.count(...asked);
          return { ...deps, stores: { ...deps.stores, users: { ...users, count } } };
        },
      },
    });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    counted = null;
    organization = await rollcall.addOrganization();
  });

  const at = (path: string) => `${organization.path}${path}`;
  const ask = (select: object, more: object = { action: 'deactivate' }) =>
    rollcall.api.post(at('/users/bulk'), { ...more, select });
  const look = async (select: object, more?: object): Promise<Body> => expectStatus(await ask(select, more), 201);
  const confirm = ({ id, digest }: Body, more: object = {}) =>
    rollcall.api.post(at(`/bulk/${id}/confirm`), { digest, ...more });
  const carryOut = async (bulk: Body): Promise<Body> => {
    expectStatus(await confirm(bulk, { confirmCount: bulk.counts.done ?? 0 }), 202);
    return until('it is done', async () => {
      const now = expectStatus(await rollcall.api.get(at(`/bulk/${bulk.id}`)), 200);
      return now.state === 'done' && now;
    });
  };
  const frozen = async ({ id }: Body): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const query: string = `?limit=200${next && `&cursor=${next}`}`;
      const page: Body = expectStatus(await rollcall.api.get(at(`/bulk/${id}/results${query}`)), 200);
      ids.push(...page.items.map(({ userId }: Body) => userId));
      ({ next } = page);
    }
    return ids;
  };
  const addPeople = async (many: number): Promise<readonly string[]> => {
    const ids: string[] = [];
    while (ids.length < many) {
      const next = Array.from({ length: Math.min(AT_ONCE, many - ids.length) }, (_, n) => ids.length + n);
      const added = await Promise.all(next.map((n) => organization.addUser(`Person ${n}`, `p${n}@example.com`)));
      ids.push(...added.map(({ id }) => id));
    }
    return ids;
  };
  const activate = async (ids: readonly string[]) => carryOut(await look({ ids }, { action: 'activate' }));
  const give = async (id: string, access: object) =>
    expectStatus(await rollcall.api.put(at(`/users/${id}/access`), access), 200);

  /** Ada, who has everything; Bob, who is new; Eve, who left; Rae of an agency. */
  async function addCast() {
    await organization.name('pools', 'p1', 'p2');
    await organization.name('jobs', 'j1', 'j2');
    const attributes = { department: 'Sales', location: 'Berlin' };
    const ada = await organization.addUser('Ada Byron', 'ada@example.com', { attributes });
    const bob = await organization.addActiveUser('Bob', 'bob@example.com');
    const eve = await organization.addActiveUser('Eve', 'eve@example.com');
    const rae = await organization.addUser('Rae', 'rae@agency.example', { kind: 'agency' });
    await activate([ada.id, rae.id]);
    await carryOut(await look({ ids: [eve.id] }));
    const roles = ['j1', 'j2'].flatMap((id) =>
      ['recruiter', 'interviewer'].map((role) => ({ role, scope: { kind: 'job', id } })),
    );
    await give(ada.id, { level: 'elevated', roles, pools: ['p1', 'p2'] });
    expectStatus(await rollcall.api.put(at(`/users/${ada.id}/host-id`), { hostId: 'h1' }), 200);
    return { ada: ada.id, bob: bob.id, eve: eve.id, rae: rae.id, agency: rae.agency.id };
  }

  it('a filter selects exactly whom the list of users shows with it, whatever is filtered by', async () => {
    const { agency } = await addCast();
    const filters: { readonly [name in keyof typeof USER_FILTERS]: string } = {
      status: 'active,deactivated',
      kind: 'agency',
      agency,
      level: 'elevated,admin',
      role: 'recruiter',
      job: 'j1',
      department: 'Sales',
      location: 'Berlin',
      pool: 'p2',
      source: 'manual',
      hostId: 'h1',
      updatedSince: '2026-01-01T00:00:00Z',
      q: 'byron',
    };
    const asked = [...Object.entries(filters).map(([name, value]) => ({ [name]: value })), {}, { status: 'all' }];
    for (const filter of asked) {
      const query = new URLSearchParams(filter);
      const listed = expectStatus(await rollcall.api.get(at(`/users?${query}`)), 200);
      const bulk = await look({ filter });
      expect(listed.total, `somebody has ${query}`).to.be.greaterThan(0);
      expect(bulk.total, String(query)).to.equal(listed.total);
      expect(await frozen(bulk), String(query)).to.have.members(listed.items.map(({ id }: Body) => id));
      expect(bulk.appliedDefaults, String(query)).to.deep.equal(listed.appliedDefaults);
    }
  });

  it('counts everybody once, by however much of the filter they are met', async () => {
    const { ada } = await addCast();
    const filter = { pool: 'p1,p2', role: 'recruiter,interviewer', job: 'j1,j2', status: 'all,active' };
    const bulk = await look({ filter });
    expect(await frozen(bulk)).to.deep.equal([ada]);
    expect([bulk.total, bulk.counts, bulk.effects.poolsLeft]).to.deep.equal([1, { done: 1 }, 2]);
  });

  it('counts everybody once over all of its pages, however often they are named', async () => {
    const ids = await addPeople(203);
    await organization.name('pools', 'p1');
    // Nobody is in it, so that nobody has to be written.
    const named = await look({ ids: [...ids, ...ids.toReversed()] }, { action: 'removePool', pool: 'p1' });
    expect([named.total, named.counts]).to.deep.equal([203, { unchanged: 203 }]);
    expect(await frozen(named)).to.deep.equal(ids);
    const ended = await carryOut(named);
    expect([ended.outcomes, ended.progress]).to.deep.equal([{ unchanged: 203 }, { people: 203, of: 203 }]);
    const filtered = await look({ filter: { status: 'unprovisioned' }, except: ids.slice(0, 2) });
    expect([filtered.total, filtered.counts]).to.deep.equal([201, { done: 201 }]);
    expect((await frozen(filtered)).toSorted()).to.deep.equal(ids.slice(2).toSorted());
  });

  it('must be confirmed by their number only above 10 people and above 10 % of the active', async () => {
    const ids = await addPeople(12);
    const isAsked = async (many: number) => {
      const bulk = await look({ ids: ids.slice(0, many) }, { action: 'terminate' });
      expect(bulk.counts).to.deep.equal({ done: many });
      const { status, body } = await confirm(bulk, { digest: bulk.digest, confirmCount: many + 1 });
      expect([status, body.code, body.count], 'another number').to.deep.equal([409, 'confirmation_required', many]);
      return bulk.needsConfirmCount;
    };
    counted = 50;
    expect([await isAsked(10), await isAsked(11)], 'of 50').to.deep.equal([false, true]);
    counted = 110;
    expect([await isAsked(11), await isAsked(12)], 'of 110').to.deep.equal([false, true]);
    const twelve = await look({ ids: ids.slice(0, 12) });
    expect((await confirm(twelve)).body).to.include({ status: 409, code: 'confirmation_required', count: 12 });
    const eleven = await look({ ids: ids.slice(0, 11) });
    expectStatus(await confirm(eleven), 202);
  });

  it('is 50,000 people at most: 400 too_many, by ids and by filter', async () => {
    const ids = Array.from({ length: MOST + 1 }, (_, n) => `nobody-${String(n).padStart(29, '0')}`);
    const refused = { status: 400, code: 'too_many', limit: MOST };
    expect((await ask({ ids })).body).to.include(refused);
    // Writing so many pages to a busy server takes longer than an answer may.
    if (way.name === 'embedded') {
      const bulk = await look({ ids: ids.slice(1) });
      expect([bulk.total, bulk.counts]).to.deep.equal([MOST, { not_found: MOST }]);
    }
    counted = MOST + 1;
    expect((await ask({ filter: {} })).body).to.include(refused);
    expect(await look({ filter: {}, except: ['somebody'] })).to.include({ total: 0 });
  });

  it('is at most as much as 4 MB can name', async () => {
    const { status, body } = await ask({ ids: ['x'.repeat(4 * 1_048_576)] });
    expect({ status, code: body.code }).to.deep.equal({ status: 413, code: 'too_large' });
  });

  it('names as restored only roles whose role and scope there still are', async () => {
    const { ada } = await addCast();
    await organization.name('roles', 'sourcer');
    const roles = [
      { role: 'sourcer', scope: { kind: 'job', id: 'j1' } },
      { role: 'recruiter', scope: { kind: 'job', id: 'j1' } },
      { role: 'recruiter', scope: { kind: 'job', id: 'j2' } },
    ];
    await give(ada, { level: 'elevated', roles });
    await give(ada, { level: 'limited' });
    const elevate = () => look({ ids: [ada] }, { action: 'setLevel', level: 'elevated' });
    expect((await elevate()).effects.rolesRestored).to.equal(3);
    for (const gone of ['roles/sourcer', 'jobs/j2'])
      expectStatus(await rollcall.api.delete(at(`/catalog/${gone}`)), 204);
    const bulk = await elevate();
    expect(bulk.effects.rolesRestored).to.equal(1);
    await carryOut(bulk);
    const { access } = await organization.user(ada);
    expect(access.roles, 'as it was said').to.have.lengthOf(1);
    expect(access.roles[0]).to.include({ role: 'recruiter' });
  });

  it('counts the booked interviews ahead of those who leave, and of nobody else', async () => {
    const { ada, bob, eve } = await addCast();
    const book = async (id: string, interviewers: readonly string[], more: object = {}) => {
      const times = { startsAt: '2199-07-01T09:00:00Z', endsAt: '2199-07-01T10:00:00Z' };
      const report = { ...times, status: 'booked', interviewers, version: 1, ...more };
      expectStatus(await rollcall.api.put(at(`/interviews/${id}`), report), 200);
    };
    const count = async (ids: readonly string[], more?: object) =>
      (await look({ ids }, more)).effects.interviewsToReschedule;
    await book('of-both', [ada, bob]);
    await book('of-ada', [ada]);
    await book('past', [ada], { startsAt: '2020-01-01T00:00:00Z', endsAt: '2020-01-01T01:00:00Z' });
    await book('off', [bob], { status: 'cancelled' });
    expect(await count([ada, eve])).to.equal(2);
    expect(await count([bob])).to.equal(1);
    expect(await count([ada, bob]), 'places, as each needs somebody else').to.equal(3);
    expect(await count([ada, bob], { action: 'terminate' })).to.equal(3);
    expect(await count([ada, bob], { action: 'setLevel', level: 'limited' })).to.equal(0);
    const leaving = await look({ ids: [ada] });
    await carryOut(leaving);
    expect(await organization.user(ada)).to.include({ interviewsToReschedule: 2 });
    expect(await count([ada], { action: 'terminate' }), 'they are so already').to.equal(0);
  });
});

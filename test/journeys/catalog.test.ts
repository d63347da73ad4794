import { expect } from 'chai';
import type { ApiAnswer, Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const EVERYWHERE = { kind: 'organization', id: '*' };
const BATCH = 8;
const SCOPES = [
  ['jobs', 'job'],
  ['departments', 'department'],
  ['locations', 'location'],
] as const;

/** Does something so often, a few at a time. */
async function inBatches(times: number, act: (n: number) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < times; first += BATCH)
    await Promise.all(Array.from({ length: Math.min(BATCH, times - first) }, (_, n) => act(first + n)));
}

describeBothWays('the names a host keeps, which access points at', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let id = '';
  before(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 2 } });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    ({ id } = await organization.addActiveUser('Ada', 'ada@example.com'));
  });

  const at = (rest: string) => `${organization.path}/${rest}`;
  const give = async (access: object, user = id): Promise<Body> =>
    expectStatus(await rollcall.api.put(at(`users/${user}/access`), access), 200);
  const act = async (action: string) => expectStatus(await rollcall.api.post(at(`users/${id}/${action}`)), 200);
  const remove = async (place: string) => expectStatus(await rollcall.api.delete(at(`catalog/${place}`)), 204);
  const codeOf = ({ status, body }: ApiAnswer) => `${status} ${body?.code ?? ''}`;

  for (const [plural, kind] of SCOPES)
    it(`a ${kind} has a name, another one later, and none once it is taken away`, async () => {
      const one = at(`catalog/${plural}/x-1`);
      expect(codeOf(await rollcall.api.get(one))).to.equal('404 not_found');
      expect(codeOf(await rollcall.api.delete(one))).to.equal('404 not_found');
      const made = await rollcall.api.put(one, { name: ' First ' });
      expect([made.status, made.body.name, made.headers.etag]).to.deep.equal([200, 'First', '"1"']);
      const renamed = expectStatus(await rollcall.api.put(one, { name: 'Second' }, { 'if-match': '"1"' }), 200);
      expect(renamed).to.include({ id: 'x-1', name: 'Second', version: 2 });
      expect(expectStatus(await rollcall.api.get(one), 200)).to.deep.equal(renamed);
      const { items, total } = expectStatus(await rollcall.api.get(at(`catalog/${plural}`)), 200);
      expect([items, total]).to.deep.equal([[renamed], 1]);
      await remove(`${plural}/x-1`);
      expect(codeOf(await rollcall.api.get(one))).to.equal('404 not_found');
      expect(expectStatus(await rollcall.api.get(at(`catalog/${plural}`)), 200)).to.include({ total: 0 });
    });

  for (const [plural, kind] of SCOPES)
    it(`a ${kind} that is taken away is erased from nobody, is skipped on return, and works again when it is back`, async () => {
      const grant = { role: 'recruiter', scope: { kind, id: 'x-1' } };
      await organization.name(plural, 'x-1');
      await give({ level: 'elevated', roles: [grant] });
      await remove(`${plural}/x-1`);
      expect((await organization.user(id)).access.roles).to.deep.equal([grant]);
      await act('deactivate');
      await act('activate');
      const { access, restored, skipped } = await give({ level: 'elevated' });
      expect([restored, skipped]).to.deep.equal([[], [{ ...grant, reason: 'scope_removed' }]]);
      expect([access.roles, access.dormantRoles]).to.deep.equal([[], [grant]]);
      await organization.name(plural, 'x-1');
      expect((await give({ level: 'elevated', restore: true })).restored).to.deep.equal([grant]);
    });

  for (const place of ['catalog/roles', 'catalog/jobs', 'catalog/departments', 'catalog/locations', 'pools'])
    it(`one of ${place} that was taken away and is made again goes on with its version: an old tag does not fit`, async () => {
      const put = (name: string, tag?: string) =>
        rollcall.api.put(at(`${place}/x-1`), { name }, tag === undefined ? {} : { 'if-match': tag });
      const old = String((await put('First')).headers.etag);
      expectStatus(await rollcall.api.delete(at(`${place}/x-1`)), 204);
      expect(codeOf(await put('Lost', old))).to.equal('412 precondition_failed');
      const { createdAt, version, ...again } = expectStatus(await put('First'), 200);
      expect(again).to.deep.equal({ id: 'x-1', name: 'First', updatedAt: createdAt });
      expect(version).to.be.above(1);
      expect(codeOf(await put('Lost', old))).to.equal('412 precondition_failed');
      expect(expectStatus(await put('Kept', `"${version}"`), 200)).to.include({ name: 'Kept', version: version + 1 });
    });

  for (const role of ['recruiter', 'sourcer'])
    it(`the role ${role}, taken away while somebody is gone, is skipped when they come back, and kept`, async () => {
      await organization.name('roles', role);
      const kept = { role: 'reporter', scope: EVERYWHERE };
      const gone = { role, scope: EVERYWHERE };
      await give({ level: 'elevated', roles: [gone, kept] });
      await act('deactivate');
      await act('activate');
      await remove(`roles/${role}`);
      const { access, restored, skipped } = await give({ level: 'elevated' });
      expect(restored).to.deep.equal([kept]);
      expect(skipped).to.deep.equal([{ ...gone, reason: 'role_removed' }]);
      expect([access.roles, access.dormantRoles]).to.deep.equal([[kept], [gone]]);
    });

  it('roles named as none are given up with the level, and those that were dormant before are not', async () => {
    const [first, second] = ['recruiter', 'reporter'].map((role) => ({ role, scope: EVERYWHERE }));
    await give({ level: 'elevated', roles: [first] });
    await give({ level: 'limited' });
    await give({ level: 'elevated', roles: [second], restore: false });
    const { access } = await give({ level: 'limited', roles: [] });
    expect([access.roles, access.dormantRoles]).to.deep.equal([[], [first]]);
  });

  it('a role that is given anew while it was dormant, too, is one role to whoever leaves and returns', async () => {
    const grant = { role: 'recruiter', scope: EVERYWHERE };
    await give({ level: 'elevated', roles: [grant] });
    await give({ level: 'limited' });
    await give({ level: 'elevated', roles: [grant], restore: false });
    expect((await act('deactivate')).access.dormantRoles).to.deep.equal([grant]);
    await act('activate');
    await remove('roles/recruiter');
    await give({ level: 'elevated', roles: [grant] });
    expect((await act('deactivate')).access.dormantRoles).to.deep.equal([grant]);
  });

  it('an id is the host’s own words, up to 200 letters, without control characters and blanks around it', async () => {
    for (const word of ['a/b', '..', '🦄', '__proto__', 'Ops & Sales, EMEA', 'x'.repeat(200)]) {
      const one = at(`catalog/jobs/${encodeURIComponent(word)}`);
      expect(expectStatus(await rollcall.api.put(one, { name: 'A job' }), 200).id).to.equal(word);
      expect(expectStatus(await rollcall.api.get(one), 200).id).to.equal(word);
      const roles = [{ role: 'recruiter', scope: { kind: 'job', id: word } }];
      expect((await give({ level: 'elevated', roles })).access.roles).to.deep.equal(roles);
    }
    for (const word of ['\0', 'a\nb', ' a', 'a ', '\u0085', 'x'.repeat(201)]) {
      const answer = await rollcall.api.put(at(`catalog/jobs/${encodeURIComponent(word)}`), { name: 'A job' });
      expect([codeOf(answer), answer.body.errors[0].path], JSON.stringify(word)).to.deep.equal(['400 invalid', 'id']);
    }
  });

  it('an organization has at most 200 roles, those it started with counted', async () => {
    const put = (n: number) => rollcall.api.put(at(`catalog/roles/r${n}`), { name: `Role ${n}` });
    await inBatches(195, async (n) => expectStatus(await put(n), 200));
    expect(codeOf(await put(195))).to.equal('400 invalid');
    await remove('roles/reporter');
    expectStatus(await put(195), 200);
    expect(codeOf(await put(196))).to.equal('400 invalid');
    expectStatus(await rollcall.api.put(at('catalog/roles/r7'), { name: 'Renamed' }), 200);
  });

  it('a pool is made, found, renamed and taken away, under an id of the host’s or one of its own', async () => {
    const own = expectStatus(await rollcall.api.post(at('pools'), { name: 'Engineers' }), 201);
    const given = expectStatus(await rollcall.api.put(at('pools/tech-7'), { name: 'Tech' }), 200);
    expect(expectStatus(await rollcall.api.get(at(`pools/${own.id}`)), 200)).to.deep.equal(own);
    const renamed = expectStatus(await rollcall.api.put(at('pools/tech-7'), { name: 'Technicians' }), 200);
    expect(renamed).to.deep.include({ id: 'tech-7', name: 'Technicians', version: given.version + 1 });
    expect(expectStatus(await rollcall.api.put(at('pools/tech-7'), { name: 'Technicians' }), 200)).to.deep.equal(
      renamed,
    );
    expect(codeOf(await rollcall.api.put(at('pools/tech-7'), { name: 'ENGINEERS' }))).to.equal(
      '409 resource_name_taken',
    );
    const late = await rollcall.api.put(at('pools/tech-7'), { name: 'x' }, { 'if-match': '"1"' });
    expect(codeOf(late)).to.equal('412 precondition_failed');
    expectStatus(await rollcall.api.post(at('pools'), { name: 'Tech' }), 201);
    await give({ level: 'limited', pools: ['tech-7'] });
    const members = async () => (await rollcall.api.get(at('users?pool=tech-7'))).body.items.map((one: Body) => one.id);
    expect(await members()).to.deep.equal([id]);
    expectStatus(await rollcall.api.delete(at(`users/${id}/pools/tech-7`)), 200);
    expect(await members()).to.deep.equal([]);
    expectStatus(await rollcall.api.delete(at('pools/tech-7')), 204);
    for (const answer of [
      await rollcall.api.get(at('pools/tech-7')),
      await rollcall.api.delete(at('pools/tech-7')),
      await rollcall.api.put(at(`users/${id}/pools/tech-7`), undefined),
    ])
      expect(codeOf(answer)).to.equal('404 not_found');
  });

  it('nobody is in more than 200 pools', async () => {
    const pools = Array.from({ length: 201 }, (_, n) => `p-${n}`);
    await inBatches(pools.length, (n) => organization.name('pools', `p-${n}`));
    await give({ level: 'limited', pools: pools.slice(1) });
    const join = (pool: string) => rollcall.api.put(at(`users/${id}/pools/${pool}`), undefined);
    expect(codeOf(await join('p-0'))).to.equal('400 invalid');
    expect(codeOf(await join('p-1')), 'they are in it').to.equal('200 ');
    expect(codeOf(await rollcall.api.put(at(`users/${id}/access`), { level: 'limited', pools }))).to.equal(
      '400 invalid',
    );
    expect((await organization.user(id)).access.pools).to.have.length(200);
  });

  it('nobody is in more than 200 pools, however many are put into one at once', async () => {
    const pools = Array.from({ length: 201 }, (_, n) => `p-${n}`);
    await inBatches(pools.length, (n) => organization.name('pools', `p-${n}`));
    const { id: other } = await organization.addActiveUser('Bob', 'bob@example.com');
    for (const one of [id, other])
      expectStatus(await rollcall.api.put(at(`users/${one}/access`), { level: 'limited', pools: pools.slice(1) }), 200);
    const wish = { action: 'addPool', pool: 'p-0', select: { ids: [id, other] } };
    const { id: bulk, digest } = expectStatus(await rollcall.api.post(at('users/bulk'), wish), 201);
    expectStatus(await rollcall.api.post(at(`bulk/${bulk}/confirm`), { digest }), 202);
    const done = await until('it is done', async () => {
      const now = expectStatus(await rollcall.api.get(at(`bulk/${bulk}`)), 200);
      return now.state === 'done' && now;
    });
    expect(done.outcomes).to.deep.equal({ changed: 2 });
    expect((await organization.user(other)).access.pools).to.have.length(200);
  });

  it('one organization’s names are none of another’s', async () => {
    await organization.name('jobs', 'x-1');
    await organization.name('pools', 'p-1');
    const other = await rollcall.addOrganization('Other');
    const { id: user } = await other.addActiveUser('Eve', 'eve@example.com');
    const ask = (access: object) => rollcall.api.put(`${other.path}/users/${user}/access`, access);
    const roles = [{ role: 'recruiter', scope: { kind: 'job', id: 'x-1' } }];
    expect(codeOf(await ask({ level: 'elevated', roles }))).to.equal('422 unknown_scope');
    expect(codeOf(await ask({ level: 'elevated', pools: ['p-1'] }))).to.equal('422 unknown_pool');
    const everywhere = [{ role: 'recruiter', scope: { kind: 'organization', id: organization.id } }];
    expect(codeOf(await ask({ level: 'elevated', roles: everywhere }))).to.equal('422 unknown_scope');
  });

  it('people whom a directory enabled, and who never signed in, are given access, pools and interviews', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const { id: person, status } = await organization.userByEmail(
      String(rollcall.google().control.person(0)?.primaryEmail),
    );
    expect(status).to.equal('active');
    await organization.name('pools', 'p-1');
    const roles = [{ role: 'interviewer', scope: EVERYWHERE }];
    const { access } = await give({ level: 'elevated', roles, pools: ['p-1'] }, person);
    expect(access).to.deep.include({ level: 'elevated', roles, pools: ['p-1'] });
    const booked = {
      startsAt: '2199-07-01T09:00:00Z',
      endsAt: '2199-07-01T10:00:00Z',
      status: 'booked',
      interviewers: [person],
      version: 1,
    };
    expectStatus(await rollcall.api.put(at('interviews/INT-1'), booked), 200);
  });
});

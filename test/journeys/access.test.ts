import { expect } from 'chai';
import { anInterviewReport } from '../http/calls.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const EVERYWHERE = { kind: 'organization', id: '*' };
const grantOf = (role: string, scope: object = EVERYWHERE) => ({ role, scope });
const forJob = (role: string, id: string) => grantOf(role, { kind: 'job', id });

describeBothWays('the access of people', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let id = '';
  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env() });
    organization = await rollcall.addOrganization();
    ({ id } = await organization.addActiveUser('Ada', 'ada@example.com'));
    await organization.name('jobs', 'j1', 'j2');
    await organization.name('pools', 'p1', 'p2');
  });
  afterEach(() => rollcall.stop());

  const at = (rest: string) => `${organization.path}/${rest}`;
  const ask = (access: object, { query = '', headers = {}, user = id } = {}) =>
    rollcall.api.put(at(`users/${user}/access${query}`), access, headers);
  const give = async (access: object): Promise<Body> => expectStatus(await ask(access), 200);
  const act = async (action: string) => expectStatus(await rollcall.api.post(at(`users/${id}/${action}`)), 200);
  const refusal = async (access: object, more = {}) => {
    const before = await organization.user(id);
    const { status, body } = await ask(access, more);
    expect(await organization.user(id), 'nothing is written').to.deep.equal(before);
    return { status, code: body.code, paths: (body.errors ?? []).map(({ path }: Body) => path) };
  };

  it('an organization starts with five roles, and its host names more', async () => {
    const roles = async () => expectStatus(await rollcall.api.get(at('catalog/roles')), 200);
    const { items, total } = await roles();
    expect(items.map(({ id: role }: Body) => role).join(' ')).to.equal(
      'coordinator hiring-manager interviewer recruiter reporter',
    );
    expect(total).to.equal(5);
    const put = await rollcall.api.put(at('catalog/roles/sourcer'), { name: 'Sourcer' });
    expect([put.status, put.body.version]).to.deep.equal([200, 1]);
    const again = await rollcall.api.put(at('catalog/roles/sourcer'), { name: 'Sourcer' });
    expect(again.body, 'nothing written').to.deep.equal(put.body);
    const renamed = await rollcall.api.put(at('catalog/roles/reporter'), { name: 'Analyst' });
    expect(renamed.body).to.include({ id: 'reporter', name: 'Analyst', version: 1 });
    const pages: string[] = [];
    for (let cursor = ''; ; ) {
      const page = expectStatus(await rollcall.api.get(at(`catalog/roles?limit=2${cursor}`)), 200);
      pages.push(page.items.map(({ id: role }: Body) => role).join(' '));
      expect(page.total).to.equal(6);
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(pages).to.deep.equal(['coordinator hiring-manager', 'interviewer recruiter', 'reporter sourcer']);
  });

  it('a write of an entry heeds If-Match', async () => {
    const headers = { 'if-match': '"7"' };
    const late = await rollcall.api.put(at('catalog/jobs/j1'), { name: 'x' }, headers);
    expect([late.status, late.body.code]).to.deep.equal([412, 'precondition_failed']);
  });

  it('a role or scope nobody named is refused, and the place is told', async () => {
    expect(await refusal({ level: 'elevated', roles: [grantOf('recruiter'), grantOf('owner')] })).to.deep.equal({
      status: 422,
      code: 'unknown_role',
      paths: ['roles.1.role'],
    });
    for (const scope of [
      { kind: 'job', id: 'p1' },
      { kind: 'location', id: 'j1' },
      { kind: 'organization', id: 'another' },
    ])
      expect(await refusal({ level: 'elevated', roles: [grantOf('recruiter', scope)] })).to.deep.equal({
        status: 422,
        code: 'unknown_scope',
        paths: ['roles.0.scope.id'],
      });
    expect(await refusal({ level: 'elevated', pools: ['p1', 'p1', 'p9'] })).to.deep.equal({
      status: 422,
      code: 'unknown_pool',
      paths: ['pools.2'],
    });
  });

  it('the organization under its own id is the whole of it, as under *', async () => {
    const own = grantOf('recruiter', { kind: 'organization', id: organization.id });
    const given = await give({ level: 'elevated', roles: [own, grantOf('recruiter')] });
    expect(given.access.roles).to.deep.equal([grantOf('recruiter')]);
    const again = await give({ level: 'elevated', roles: [own] });
    expect(again.version, 'no edit').to.equal(given.version);
    expect((await give({ level: 'elevated', roles: [{ ...own, origin: 'admin' }] })).version).to.equal(given.version);
    await give({ level: 'limited' });
    const raised = await give({ level: 'elevated', roles: [own] });
    expect(raised.access).to.deep.include({ roles: [grantOf('recruiter')], dormantRoles: [] });
    const shown = expectStatus(await ask({ level: 'elevated', roles: [own] }, { query: '?preview=true' }), 200);
    expect(shown.to).to.deep.equal(raised.access);
  });

  it('a role that is taken away stays granted, and cannot be granted anew', async () => {
    await give({ level: 'elevated', roles: [grantOf('reporter')] });
    expectStatus(await rollcall.api.delete(at('catalog/roles/reporter')), 204);
    expect((await rollcall.api.get(at('catalog/roles/reporter'))).status).to.equal(404);
    expect((await organization.user(id)).access.roles).to.deep.equal([grantOf('reporter')]);
    const kept = await give({ level: 'elevated', roles: [grantOf('reporter'), grantOf('recruiter')] });
    expect(kept.access.roles, 'what somebody has may be named again').to.have.length(2);
    await give({ level: 'elevated', roles: [] });
    expect((await refusal({ level: 'elevated', roles: [grantOf('reporter')] })).code).to.equal('unknown_role');
    await organization.name('roles', 'reporter');
    await give({ level: 'elevated', roles: [grantOf('reporter')] });
  });

  it('a preview tells what would come back and what not, and writes nothing', async () => {
    await give({ level: 'elevated', roles: [forJob('recruiter', 'j1'), forJob('interviewer', 'j2')] });
    await act('deactivate');
    await act('activate');
    expectStatus(await rollcall.api.delete(at('catalog/jobs/j2')), 204);
    const before = await organization.user(id);
    const preview = expectStatus(await ask({ level: 'elevated' }, { query: '?preview=true' }), 200);
    const restored = [forJob('recruiter', 'j1')];
    const skipped = [{ ...forJob('interviewer', 'j2'), reason: 'scope_removed' }];
    const to = { level: 'elevated', roles: restored, dormantRoles: [forJob('interviewer', 'j2')], pools: [] };
    expect(preview).to.deep.include({ from: before.access, restored, skipped });
    expect(preview.to).to.deep.include(to);
    expect(await organization.user(id)).to.deep.equal(before);
    const given = await give({ level: 'elevated' });
    expect(given).to.deep.include({ access: preview.to, restored, skipped });
  });

  it('what was skipped comes back when its scope does and somebody asks', async () => {
    await give({ level: 'elevated', roles: [forJob('recruiter', 'j1')] });
    await give({ level: 'limited' });
    expectStatus(await rollcall.api.delete(at('catalog/jobs/j1')), 204);
    await give({ level: 'elevated' });
    await organization.name('jobs', 'j1');
    expect((await give({ level: 'elevated' })).restored, 'not by itself').to.deep.equal([]);
    const back = await give({ level: 'elevated', restore: true });
    expect([back.restored, back.access.dormantRoles]).to.deep.equal([[forJob('recruiter', 'j1')], []]);
  });

  it('a dormant role whose scope is gone and that is named again is had once, not skipped as well', async () => {
    await give({ level: 'elevated', roles: [forJob('recruiter', 'j1')] });
    await give({ level: 'limited' });
    expectStatus(await rollcall.api.delete(at('catalog/jobs/j1')), 204);
    const { access, restored, skipped } = await give({ level: 'elevated', roles: [forJob('recruiter', 'j1')] });
    expect([access.roles, access.dormantRoles]).to.deep.equal([[forJob('recruiter', 'j1')], []]);
    expect([restored, skipped]).to.deep.equal([[], []]);
  });

  it('dormant roles stay dormant when that is asked for', async () => {
    await give({ level: 'elevated', roles: [grantOf('recruiter')] });
    await give({ level: 'limited' });
    const { access, restored } = await give({ level: 'elevated', restore: false });
    expect([access.roles, access.dormantRoles, restored]).to.deep.equal([[], [grantOf('recruiter')], []]);
  });

  it('nobody has more than 200 roles by hand, dormant ones counted', async () => {
    const jobs = Array.from({ length: 201 }, (_, n) => `job-${n}`);
    await organization.name('jobs', ...jobs);
    const recruiters = jobs.map((job) => forJob('recruiter', job));
    const tooMany = { status: 400, code: 'invalid', paths: ['roles'] };
    expect(await refusal({ level: 'elevated', roles: recruiters })).to.deep.equal(tooMany);
    const full = await give({ level: 'elevated', roles: recruiters.slice(1) });
    expect(full.access.grants).to.have.length(200);
    await give({ level: 'limited' });
    const more = { level: 'elevated', roles: recruiters.slice(0, 1) };
    for (const restore of [true, false]) expect(await refusal({ ...more, restore })).to.deep.equal(tooMany);
    const known = await give({ level: 'elevated', roles: recruiters.slice(1, 3), restore: false });
    expect([known.access.roles.length, known.access.dormantRoles.length], 'each once').to.deep.equal([2, 198]);
  });

  it('the same roles and pools in another order are no edit', async () => {
    const [roles, pools] = [
      [grantOf('recruiter'), grantOf('reporter'), forJob('interviewer', 'j1')],
      ['p1', 'p2'],
    ];
    const before = await give({ level: 'elevated', roles, pools });
    const turned = { roles: roles.toReversed(), pools: pools.toReversed() };
    expect(await give({ level: 'elevated', ...turned })).to.deep.equal(before);
    expect((await give({ level: 'elevated', ...turned, pools: ['p2'] })).access.pools).to.deep.equal(['p2']);
    expect((await give({ level: 'elevated', roles: turned.roles.slice(1) })).access.roles).to.have.length(2);
  });

  it('grants are read back with what they are worth, and why they are worth nothing', async () => {
    const told = async () => {
      const { grants } = (await organization.user(id)).access;
      return grants.map(({ role, origin, state, reason = '' }: Body) => `${role} ${origin} ${state} ${reason}`.trim());
    };
    await give({ level: 'elevated', roles: [grantOf('recruiter'), grantOf('reporter'), forJob('interviewer', 'j1')] });
    expectStatus(await rollcall.api.delete(at('catalog/roles/reporter')), 204);
    expectStatus(await rollcall.api.delete(at('catalog/jobs/j1')), 204);
    expect(await told()).to.deep.equal([
      'recruiter admin effective',
      'reporter admin dormant role_removed',
      'interviewer admin dormant scope_removed',
    ]);
    const attempt = { email: 'ada@example.com' };
    const { access } = expectStatus(await rollcall.api.post(at('sign-ins'), attempt), 200);
    expect(access).to.deep.equal({ level: 'elevated', roles: [grantOf('recruiter')], pools: [] });
    await organization.name('roles', 'reporter');
    await organization.name('jobs', 'j1');
    expect((await told()).every((one: string) => one.endsWith('effective'))).to.equal(true);
    await give({ level: 'limited' });
    expect((await told())[0]).to.equal('recruiter admin dormant level_limited');
    await give({ level: 'elevated', restore: false });
    expect((await told())[0]).to.equal('recruiter admin dormant not_restored');
    await act('deactivate');
    expect((await told())[0]).to.equal('recruiter admin dormant not_active');
    await act('terminate');
    expect(await told()).to.deep.equal([]);
  });

  it('admin is never restored by itself', async () => {
    const other = await organization.addActiveUser('Grace', 'grace@example.com');
    expectStatus(await ask({ level: 'admin' }, { user: other.id }), 200);
    await give({ level: 'admin', roles: [grantOf('recruiter')] });
    await act('deactivate');
    await act('activate');
    expect((await organization.user(id)).access.level).to.equal('limited');
    expect((await give({ level: 'elevated' })).access).to.deep.include({
      level: 'elevated',
      roles: [grantOf('recruiter')],
    });
  });

  it('nobody changes their own access, by their id, the host’s or their address', async () => {
    expectStatus(await rollcall.api.put(at(`users/${id}/host-id`), { hostId: 'host-7' }), 200);
    for (const actor of [id, 'host-7', 'Ada@Example.com']) {
      const headers = { 'rollcall-actor': actor };
      for (const query of ['', '?preview=true'])
        expect((await refusal({ level: 'admin' }, { headers, query })).code).to.equal('own_access');
    }
    expectStatus(await ask({ level: 'elevated' }, { headers: { 'rollcall-actor': 'host-8' } }), 200);
  });

  it('a preview is refused as the call would be', async () => {
    await give({ level: 'admin' });
    const query = '?preview=true';
    expect((await refusal({ level: 'limited' }, { query })).code).to.equal('last_admin');
    expect((await refusal({ level: 'limited', roles: [grantOf('recruiter')] }, { query })).status).to.equal(422);
    const headers = { 'if-match': '"1"' };
    expect((await refusal({ level: 'elevated' }, { query, headers })).status).to.equal(412);
  });

  it('pools have names of their own, and only active employees in them', async () => {
    const twin = await rollcall.api.post(at('pools'), { name: 'P1' });
    expect([twin.status, twin.body.code]).to.deep.equal([409, 'resource_name_taken']);
    const { id: pool } = expectStatus(await rollcall.api.post(at('pools'), { name: 'Engineers' }), 201);
    const join = (user: string, into = pool) => rollcall.api.put(at(`users/${user}/pools/${into}`), undefined);
    expect(expectStatus(await join(id), 200).access.pools).to.deep.equal([pool]);
    expect((await join(id, 'nowhere')).status).to.equal(404);
    const waiting = await organization.addUser('Bob', 'bob@example.com');
    expect((await join(waiting.id)).body.code).to.equal('not_active');
    const agency = await organization.addUser('Rita', 'rita@agency.example', { kind: 'agency' });
    expectStatus(await rollcall.api.post(at(`users/${agency.id}/activate`)), 200);
    expect((await join(agency.id)).body.code).to.equal('agency_user');
    expect((await ask({ level: 'limited', pools: [pool] }, { user: agency.id })).body.code).to.equal('agency_user');
    const full = await rollcall.api.delete(at(`pools/${pool}`));
    expect([full.status, full.body.code, full.body.members]).to.deep.equal([409, 'pool_in_use', 1]);
    expect(expectStatus(await rollcall.api.delete(at(`users/${id}/pools/${pool}`)), 200).access.pools).to.deep.equal(
      [],
    );
    expectStatus(await rollcall.api.delete(at(`pools/${pool}`)), 204);
    expect(expectStatus(await rollcall.api.get(at('pools')), 200).total).to.equal(2);
  });

  it('a reactivated person sees the pools they left, and is not put back', async () => {
    await give({ level: 'limited', pools: ['p1', 'p2'] });
    await act('deactivate');
    const back = await act('activate');
    expect([back.access.pools, back.formerPools]).to.deep.equal([[], ['p1', 'p2']]);
    expectStatus(await rollcall.api.put(at(`users/${id}/pools/p2`), undefined), 200);
    expect((await organization.user(id)).formerPools).to.deep.equal(['p1']);
    expect(await give({ level: 'limited', pools: ['p1', 'p2'] })).not.to.have.property('formerPools');
    await give({ level: 'limited', pools: [] });
    expect(await organization.user(id), 'left by hand').not.to.have.property('formerPools');
  });

  it('a pool that was taken away is nobody’s former one', async () => {
    await give({ level: 'limited', pools: ['p1', 'p2'] });
    await act('deactivate');
    expectStatus(await rollcall.api.delete(at('pools/p1')), 204);
    expect((await act('activate')).formerPools).to.deep.equal(['p2']);
    expectStatus(await rollcall.api.delete(at('pools/p2')), 204);
    expect(await organization.user(id)).not.to.have.property('formerPools');
    await organization.name('pools', 'p2');
    expect((await organization.user(id)).formerPools, 'named again').to.deep.equal(['p2']);
  });
});

describeBothWays('people who were enabled and have never signed in', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  before(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 5 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
  });
  after(() => rollcall.stop());

  it('can be configured and booked', async () => {
    const { items } = expectStatus(await rollcall.api.get(`${organization.path}/users?source=google`), 200);
    const [{ id, status }] = items;
    expect(status).to.equal('active');
    await organization.name('pools', 'p1');
    const access = { level: 'elevated', roles: [grantOf('interviewer')], pools: ['p1'] };
    const given = expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/access`, access), 200);
    expect(given.access).to.deep.include(access);
    const booked = anInterviewReport({ interviewers: [id] });
    const interview = expectStatus(await rollcall.api.put(`${organization.path}/interviews/int-1`, booked), 200);
    expect(interview.interviewers).to.deep.equal([id]);
    expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/host-id`, { hostId: 'host-1' }), 200);
  });
});

import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const GRANT = { role: 'recruiter', scope: { kind: 'job', id: '7' } };
const OTHER = { role: 'interviewer', scope: { kind: 'job', id: '8' } };
const NO_INTERVIEWS = { count: 0, first100: [] };
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

describeBothWays('activating, deactivating and terminating people', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let id = '';
  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 2 } });
    organization = await rollcall.addOrganization();
    ({ id } = await organization.addActiveUser('Ada', 'ada@example.com'));
    await organization.name('jobs', '7', '8');
    await organization.name('pools', 'p1', 'p2');
  });
  afterEach(() => rollcall.stop());

  const act = (action: string, body?: object, headers = {}) =>
    rollcall.api.post(`${organization.path}/users/${id}/${action}`, body, headers);
  const done = async (action: string, body?: object): Promise<Body> => expectStatus(await act(action, body), 200);
  const give = async (access: object) =>
    expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/access`, access), 200);
  const historyOf = async () =>
    expectStatus(await rollcall.api.get(`${organization.path}/users/${id}/history`), 200).items;

  it('a preview tells the effects of each action and writes nothing', async () => {
    await give({ level: 'elevated', roles: [GRANT, OTHER], pools: ['p1', 'p2'] });
    const before = await organization.user(id);
    const history = await historyOf();
    const left = { poolsLeft: ['p1', 'p2'], interviewsToReschedule: NO_INTERVIEWS, sessionsEnd: true };
    const moves = { kind: { from: 'employee', to: 'employee' }, level: { from: 'elevated', to: 'limited' } };
    expect(await done('deactivate?preview=true')).to.deep.equal({
      status: { from: 'active', to: 'deactivated' },
      ...moves,
      effects: { ...left, rolesDormant: [GRANT, OTHER] },
    });
    expect(await done('terminate?preview=true')).to.deep.equal({
      status: { from: 'active', to: 'terminated' },
      ...moves,
      effects: { ...left, rolesErased: [GRANT, OTHER] },
    });
    expect(await organization.user(id)).to.deep.equal(before);
    expect(await historyOf()).to.deep.equal(history);
  });

  it('what a preview tells is what happens', async () => {
    await give({ level: 'elevated', roles: [GRANT], pools: ['p1'] });
    await done('deactivate');
    const { effects } = await done('terminate?preview=true');
    expect(effects).to.deep.equal({
      poolsLeft: [],
      rolesErased: [GRANT],
      interviewsToReschedule: NO_INTERVIEWS,
      sessionsEnd: false,
    });
    expect((await done('terminate')).access).to.deep.include({
      level: 'limited',
      roles: [],
      dormantRoles: [],
      pools: [],
    });
  });

  it('a preview of what is so already tells of no effects', async () => {
    const nothing = { poolsLeft: [], rolesDormant: [], interviewsToReschedule: NO_INTERVIEWS, sessionsEnd: false };
    const moves = { kind: { from: 'employee', to: 'employee' }, level: { from: 'limited', to: 'limited' } };
    expect(await done('activate?preview=true')).to.deep.equal({
      status: { from: 'active', to: 'active' },
      ...moves,
      effects: nothing,
    });
    await done('deactivate');
    expect(await done('activate?preview=true')).to.deep.equal({
      status: { from: 'deactivated', to: 'active' },
      ...moves,
      effects: nothing,
    });
  });

  it('a preview is refused for what the action is refused for', async () => {
    await give({ level: 'admin' });
    for (const action of ['deactivate', 'terminate'])
      for (const query of ['', '?preview=true']) {
        const { status, body } = await act(action + query);
        expect({ status, code: body.code }, action + query).to.deep.equal({ status: 409, code: 'last_admin' });
      }
    const stale = await act('deactivate?preview=true', {}, { 'if-match': '"1"' });
    expect(stale.status).to.equal(412);
    const other = await organization.addActiveUser('Grace', 'grace@example.com');
    expectStatus(await rollcall.api.put(`${organization.path}/users/${other.id}/access`, { level: 'admin' }), 200);
    expect((await done('deactivate?preview=true')).status.to).to.equal('deactivated');
    await organization.connectScim();
    await done('deactivate');
    for (const query of ['', '?preview=true']) {
      const { status, body } = await act(`activate${query}`);
      expect({ status, code: body.code }, query).to.deep.equal({ status: 409, code: 'overridden' });
    }
    expect((await act('deactivate?preview=maybe')).status).to.equal(400);
  });

  it('pools left by whatever way out are shown as former ones, and nobody is put back into them', async () => {
    const { id: agencyId } = await organization.addAgency();
    const move = async (to: string | null) =>
      expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/agency`, { agencyId: to }), 200);
    for (const [leave, back] of [
      [() => done('deactivate'), () => done('activate')],
      [() => done('terminate'), () => done('activate')],
      [() => move(agencyId), () => move(null)],
    ] as const) {
      await give({ level: 'limited', pools: ['p1', 'p2'] });
      for (const now of [await leave(), await back(), await organization.user(id)]) {
        expect(now.access.pools).to.deep.equal([]);
        expect(now.formerPools).to.have.members(['p1', 'p2']);
      }
    }
    await give({ level: 'limited', pools: ['p1'] });
    await done('deactivate');
    expect((await done('activate')).formerPools, 'with those of earlier times').to.have.members(['p1', 'p2']);
  });

  it('the same again answers 200 and writes nothing', async () => {
    for (const action of ['activate', 'deactivate', 'deactivate', 'terminate', 'terminate', 'deactivate']) {
      const first = await done(action, { reason: 'first' });
      const [history, events] = [await historyOf(), await organization.events()];
      expect(await done(action, { reason: 'again' }), action).to.deep.equal(first);
      expect(await historyOf()).to.deep.equal(history);
      expect(await organization.events()).to.deep.equal(events);
    }
  });

  it('a reason of up to 500 characters is kept in the history, and a longer one refused', async () => {
    const reason = 'x'.repeat(500);
    await done('deactivate', { reason });
    expect((await historyOf())[0]).to.deep.include({ what: 'status', to: 'deactivated', reason });
    expect((await act('terminate', { reason: `${reason}x` })).status).to.equal(400);
    expect((await organization.user(id)).status).to.equal('deactivated');
  });

  it('somebody whose owner already says disabled may be terminated, and comes back limited, without roles', async () => {
    await give({ level: 'elevated', roles: [GRANT], pools: ['p1'] });
    const scim = await organization.connectScim();
    const found = await scim.get(`/Users?filter=${encodeURIComponent('userName eq "ada@example.com"')}`);
    const [{ id: scimId }] = found.body.Resources;
    const say = async (active: boolean) =>
      expect(
        (await scim.put(`/Users/${scimId}`, { schemas: [USER], userName: 'ada@example.com', active })).status,
      ).to.equal(200);
    await say(true);
    const refused = await act('terminate');
    expect(refused.body).to.deep.include({ code: 'overridden', source: 'scim', attributes: ['status'] });
    await say(false);
    const disabled = await organization.user(id);
    expect(disabled).to.include({ status: 'deactivated' });
    expect(disabled.access.dormantRoles).to.deep.equal([GRANT]);
    const terminated = await done('terminate', { reason: 'left for good' });
    expect(terminated).to.include({ status: 'terminated' });
    expect(terminated.owners.status, 'the owner still decides').to.equal('scim');
    await say(true);
    const back = await organization.user(id);
    expect(back).to.include({ status: 'active', id });
    expect(back.access).to.deep.include({ level: 'limited', roles: [], dormantRoles: [], pools: [] });
    await say(false);
    expect((await organization.user(id)).status, 'the mark is gone').to.equal('deactivated');
  });

  it('after SCIM is switched off its last word stands until an admin says something, even what they said before', async () => {
    const user = `${organization.path}/users/${id}`;
    expectStatus(await rollcall.api.patch(user, { title: 'Countess' }), 200);
    const scim = await organization.connectScim();
    const found = await scim.get(`/Users?filter=${encodeURIComponent('userName eq "ada@example.com"')}`);
    const put = { schemas: [USER], userName: 'ada@example.com', title: 'Analyst', active: false };
    expect((await scim.put(`/Users/${found.body.Resources[0].id}`, put)).status).to.equal(200);
    await organization.change({ scim: { enabled: false } });
    const stands = await organization.user(id);
    expect([stands.status, stands.attributes.title]).to.deep.equal(['deactivated', 'Analyst']);
    expect((await done('activate')).status).to.equal('active');
    const edited = expectStatus(await rollcall.api.patch(user, { title: 'Countess' }), 200);
    expect([edited.attributes.title, edited.owners.title, edited.owners.status]).to.deep.equal([
      'Countess',
      'manual',
      'manual',
    ]);
  });

  it('whom an admin has terminated, no directory brings back by itself: an admin rehires them', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const { control } = rollcall.google();
    const email = String(control.person(0)?.primaryEmail);
    ({ id } = await organization.userByEmail(email));
    await give({ level: 'elevated', roles: [GRANT], pools: ['p1'] });
    control.mutate({ do: 'suspend', who: 0 });
    await organization.sync();
    expect((await organization.user(id)).access.dormantRoles).to.deep.equal([GRANT]);
    for (const query of ['', '?preview=true']) {
      const { status, body } = await act(`activate${query}`);
      expect(status, 'the directory has the word').to.equal(409);
      expect(body).to.deep.include({ code: 'overridden', source: 'google', attributes: ['status'] });
    }
    await done('terminate', { reason: 'left for good' });
    control.mutate({ do: 'unsuspend', who: 0 });
    await organization.sync();
    expect((await organization.user(id)).status).to.equal('terminated');
    const back = await done('activate');
    expect(back).to.include({ status: 'active', id });
    expect(back.access).to.deep.include({ level: 'limited', roles: [], dormantRoles: [], pools: [] });
  });
});

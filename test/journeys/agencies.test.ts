import { expect } from 'chai';
import type { ApiAnswer, Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const SUBMITTER = { role: 'submitter', scope: { kind: 'job', id: 'j1' } };
const byAgency = (grant: object) => ({ ...grant, origin: 'agency', state: 'effective' });
const RECRUITER = { role: 'recruiter', scope: { kind: 'organization', id: '*' } };

describeBothWays('agencies', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let agency: Body;

  before(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 3 } });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    organization = await rollcall.addOrganization();
    await organization.name('roles', 'submitter');
    await organization.name('jobs', 'j1');
    await organization.name('pools', 'p1');
    agency = await organization.addAgency('Talent Ltd', [SUBMITTER]);
  });

  const at = (path: string) => `${organization.path}${path}`;
  const agencyAt = (id: string = agency.id) => at(`/agencies/${id}`);
  const move = (id: string, agencyId: string | null, query = '') =>
    rollcall.api.put(at(`/users/${id}/agency${query}`), { agencyId, reason: 'changed sides' });
  const act = (id: string, action: string) => rollcall.api.post(at(`/users/${id}/${action}`));
  const refusal = ({ status, body }: ApiAnswer) => ({ status, code: body.code });
  const addRecruiter = async (email = 'rae@agency.example') => {
    const { id } = await organization.addUser('Rae', email, { kind: 'agency', agencyId: agency.id });
    return expectStatus(await act(id, 'activate'), 200);
  };
  const equip = async (id: string, pools: readonly string[]) => {
    const access = { level: 'elevated', roles: [RECRUITER], pools };
    expectStatus(await rollcall.api.put(at(`/users/${id}/access`), access), 200);
    return organization.user(id);
  };
  const openConflicts = async (): Promise<readonly Body[]> =>
    expectStatus(await rollcall.api.get(at('/conflicts?state=open')), 200).items;

  it('are added, read, listed page by page, renamed and deleted while nobody has belonged to them', async () => {
    const other = await organization.addAgency('Other');
    expect(agency).to.include({ name: 'Talent Ltd', version: 1 });
    expect(agency.roles).to.deep.equal([SUBMITTER]);
    const first = expectStatus(await rollcall.api.get(at('/agencies?limit=1')), 200);
    expect([first.items[0], first.total]).to.deep.equal([agency, 2]);
    const second = expectStatus(await rollcall.api.get(at(`/agencies?limit=1&cursor=${first.next}`)), 200);
    expect([second.items[0], second.next]).to.deep.equal([other, null]);
    const stale = await rollcall.api.patch(agencyAt(), { name: 'X' }, { 'if-match': '"7"' });
    expect(refusal(stale)).to.deep.equal({ status: 412, code: 'precondition_failed' });
    expect(expectStatus(await rollcall.api.patch(agencyAt(), { name: 'New' }), 200)).to.include({ version: 2 });
    expect((await rollcall.api.patch(agencyAt(), { name: 'New' })).body.version, 'nothing changed').to.equal(2);
    expectStatus(await rollcall.api.delete(agencyAt()), 204);
    expect((await rollcall.api.get(agencyAt())).status).to.equal(404);
  });

  for (const [what, body, status, code] of [
    ['an agency user without an agency', { kind: 'agency' }, 400, 'invalid'],
    ['an employee with one', { agencyId: 'x' }, 400, 'invalid'],
    ['an agency there is not', { kind: 'agency', agencyId: 'nobody' }, 400, 'invalid'],
  ] as const)
    it(`does not add ${what}`, async () => {
      const answer = await rollcall.api.post(at('/users'), { name: 'Rae', email: 'rae@agency.example', ...body });
      expect(refusal(answer)).to.deep.equal({ status, code });
      expect(answer.body.errors[0].path).to.equal('agencyId');
    });

  it('have only roles and scopes that there are: 422 with the place of each mistake', async () => {
    const unknown = { role: 'wizard', scope: { kind: 'job', id: 'j9' } };
    for (const refused of [
      await rollcall.api.post(at('/agencies'), { name: 'Other', roles: [SUBMITTER, unknown] }),
      await rollcall.api.patch(agencyAt(), { roles: [SUBMITTER, unknown] }),
    ]) {
      expect(refusal(refused)).to.deep.equal({ status: 422, code: 'unknown_role' });
      expect(refused.body.errors.map(({ path }: Body) => path)).to.deep.equal(['roles.1.role', 'roles.1.scope.id']);
    }
    const elsewhere = { role: 'recruiter', scope: { kind: 'department', id: 'j1' } };
    expect(refusal(await rollcall.api.patch(agencyAt(), { roles: [elsewhere] }))).to.deep.equal({
      status: 422,
      code: 'unknown_scope',
    });
    expect((await rollcall.api.get(agencyAt())).body).to.deep.equal(agency);
    expect((await rollcall.api.get(at('/agencies'))).body.total).to.equal(1);
  });

  it('have each role once; the same ones in another order are no edit', async () => {
    const roles = [SUBMITTER, RECRUITER, SUBMITTER];
    expect((await organization.addAgency('Other', roles)).roles).to.deep.equal([SUBMITTER, RECRUITER]);
    const edited = expectStatus(await rollcall.api.patch(agencyAt(), { roles }), 200);
    expect(edited.roles).to.deep.equal([SUBMITTER, RECRUITER]);
    const again = await rollcall.api.patch(agencyAt(), { roles: [RECRUITER, SUBMITTER, RECRUITER] });
    expect(expectStatus(again, 200)).to.deep.equal(edited);
    const own = { ...RECRUITER, scope: { kind: 'organization', id: organization.id } };
    const under = await rollcall.api.patch(agencyAt(), { roles: [own, SUBMITTER, RECRUITER] });
    expect(expectStatus(under, 200), 'under its own id the organization is the whole of it').to.deep.equal(edited);
    expect((await organization.addAgency('Third', [own])).roles).to.deep.equal([RECRUITER]);
  });

  it('keep a role that was removed from the catalog, and may name it again', async () => {
    expectStatus(await rollcall.api.delete(at('/catalog/roles/submitter')), 204);
    const kept = expectStatus(await rollcall.api.patch(agencyAt(), { roles: [SUBMITTER, RECRUITER] }), 200);
    expect(kept.roles).to.deep.equal([SUBMITTER, RECRUITER]);
    expect((await rollcall.api.post(at('/agencies'), { name: 'X', roles: [SUBMITTER] })).status).to.equal(422);
  });

  it('give their active users their roles, at any level, and no others', async () => {
    const waiting = await organization.addUser('Rae', 'rae@agency.example', { kind: 'agency', agencyId: agency.id });
    expect(waiting.agency).to.deep.equal({ id: agency.id, name: 'Talent Ltd' });
    expect(waiting.access.grants, 'not active').to.deep.equal([]);
    const { access } = expectStatus(await act(waiting.id, 'activate'), 200);
    expect(access).to.deep.include({ level: 'limited', grants: [byAgency(SUBMITTER)] });
    expectStatus(await rollcall.api.patch(agencyAt(), { roles: [RECRUITER] }), 200);
    const now = await organization.user(waiting.id);
    expect(now.access.grants).to.deep.equal([byAgency(RECRUITER)]);
    expect(now.version, 'nothing is stored with them').to.equal(2);
    const listed = expectStatus(await rollcall.api.get(at(`/users?agency=${agency.id}`)), 200);
    expect(listed.items).to.deep.equal([now]);
    expect(expectStatus(await act(waiting.id, 'deactivate'), 200).access.grants).to.deep.equal([]);
  });

  it('give nothing whose scope is gone', async () => {
    const { id } = await addRecruiter();
    expectStatus(await rollcall.api.delete(at('/catalog/jobs/j1')), 204);
    const [gone] = (await organization.user(id)).access.grants;
    expect(gone).to.deep.equal({ ...byAgency(SUBMITTER), state: 'dormant', reason: 'scope_removed' });
  });

  it('give nothing whose role is gone, at sign-in neither, and again when it is named again', async () => {
    const { email } = await addRecruiter();
    const rolesAtSignIn = async (): Promise<readonly Body[]> => {
      const attempt = { issuer: 'https://id.agency.example', subject: 's-1', email };
      return expectStatus(await rollcall.api.post(at('/sign-ins'), attempt), 200).access.roles;
    };
    expect(await rolesAtSignIn()).to.deep.equal([SUBMITTER]);
    expectStatus(await rollcall.api.delete(at('/catalog/roles/submitter')), 204);
    expect(await rolesAtSignIn()).to.deep.equal([]);
    await organization.name('roles', 'submitter');
    expect(await rolesAtSignIn()).to.deep.equal([SUBMITTER]);
  });

  it('are never deleted once somebody belonged to them', async () => {
    const { id } = await addRecruiter();
    expectStatus(await move(id, null), 200);
    const answer = await rollcall.api.delete(agencyAt());
    expect(refusal(answer)).to.deep.equal({ status: 409, code: 'agency_in_use' });
    expect(answer.body.users).to.deep.equal({ unprovisioned: 0, active: 0, deactivated: 0, terminated: 0 });
    await addRecruiter('another@agency.example');
    expect((await rollcall.api.delete(agencyAt())).body.users.active).to.equal(1);
  });

  it('are archived at once when their users are deactivated', async () => {
    const { id } = await addRecruiter();
    expectStatus(await act(id, 'deactivate'), 200);
    expect(expectStatus(await rollcall.api.post(`${agencyAt()}/archive`), 200).archivedAt).to.be.a('string');
    for (const [state, total] of [
      ['', 0],
      ['?state=archived', 1],
      ['?state=all', 1],
    ] as const)
      expect((await rollcall.api.get(at(`/agencies${state}`))).body.total, state).to.equal(total);
  });

  it('deactivate their users when archived with the digest of just them', async () => {
    const rae = await addRecruiter();
    await organization.addUser('New', 'new@agency.example', { kind: 'agency', agencyId: agency.id });
    const archive = (body?: object, query = '') => rollcall.api.post(`${agencyAt()}/archive${query}`, body);
    const preview = expectStatus(await archive(undefined, '?preview=true'), 200);
    expect(preview.users.count).to.equal(2);
    const refused = await archive();
    expect(refusal(refused)).to.deep.equal({ status: 409, code: 'confirmation_required' });
    expect(refused.body).to.deep.include(preview);
    await addRecruiter('late@agency.example');
    const outdated = await archive({ digest: preview.digest });
    expect(refusal(outdated)).to.deep.equal({ status: 409, code: 'confirmation_required' });
    expect((await organization.user(rae.id)).status).to.equal('active');
    const archived = expectStatus(await archive({ digest: outdated.body.digest, reason: 'contract ended' }), 200);
    const { counts } = expectStatus(await rollcall.api.get(at(`/users?agency=${agency.id}&status=all`)), 200);
    expect(counts).to.deep.equal({ unprovisioned: 0, active: 0, deactivated: 3, terminated: 0 });
    expect(expectStatus(await archive(), 200), 'again').to.deep.equal(archived);
  });

  it('let nobody in, nor come to life, once archived', async () => {
    const { id } = await addRecruiter();
    const employee = await organization.addUser('Ada', 'ada@example.com');
    expectStatus(await act(id, 'deactivate'), 200);
    expectStatus(await rollcall.api.post(`${agencyAt()}/archive`), 200);
    const late = { name: 'Late', email: 'late@agency.example', kind: 'agency', agencyId: agency.id };
    for (const refused of [
      await rollcall.api.post(at('/users'), late),
      await act(id, 'activate'),
      await act(id, 'activate?preview=true'),
      await move(employee.id, agency.id),
      await move(employee.id, agency.id, '?preview=true'),
      await rollcall.api.patch(agencyAt(), { name: 'Still here' }),
    ])
      expect(refusal(refused)).to.deep.equal({ status: 409, code: 'agency_archived' });
    expectStatus(await move(id, null), 200);
    expectStatus(await act(id, 'activate'), 200);
  });

  it('users change sides and back: pools left, level limited, own roles dormant, id and address kept', async () => {
    const { id } = await organization.addActiveUser('Ada', 'ada@example.com');
    for (const [to, kind] of [
      [agency.id, 'agency'],
      [null, 'employee'],
    ] as const) {
      // Only employees are in pools.
      const pools = to === null ? [] : ['p1'];
      const before = await equip(id, pools);
      const preview = expectStatus(await move(id, to, '?preview=true'), 200);
      expect(preview.effects).to.deep.include({ poolsLeft: pools, rolesDormant: [RECRUITER] });
      expect(preview.kind).to.deep.equal({ from: before.kind, to: kind });
      expect(preview.level).to.deep.equal({ from: 'elevated', to: 'limited' });
      expect(await organization.user(id), 'nothing is written').to.deep.equal(before);
      const moved = expectStatus(await move(id, to), 200);
      expect(moved).to.include({ id, kind, email: 'ada@example.com', status: 'active', name: 'Ada' });
      expect(moved.access).to.deep.include({ level: 'limited', roles: [], dormantRoles: [RECRUITER], pools: [] });
      expect(moved.agency?.id ?? null).to.equal(to);
      expect('scimId' in moved).to.equal(kind === 'employee');
      expect(expectStatus(await move(id, to), 200), 'again').to.deep.equal(moved);
      const event = (await organization.events()).findLast(({ userId }) => userId === id);
      expect(event?.effects).to.include.members(['roles_dormant', 'interviews_to_reschedule']);
      expect(event?.effects.includes('pools_left')).to.equal(pools.length > 0);
    }
    const { items } = expectStatus(await rollcall.api.get(at(`/users/${id}/history`)), 200);
    const told = items.find(({ what, to }: Body) => what === 'agencyId' && to === agency.id);
    expect(told).to.include({ reason: 'changed sides', from: null });
  });

  it('users change from one to another: level limited, own roles dormant, id and address kept', async () => {
    const { id } = await addRecruiter();
    const other = await organization.addAgency('Other', [RECRUITER]);
    const times = { startsAt: '2199-07-01T09:00:00Z', endsAt: '2199-07-01T10:00:00Z' };
    const interview = { ...times, status: 'booked', interviewers: [id], version: 1 };
    expectStatus(await rollcall.api.put(at('/interviews/i1'), interview), 200);
    const before = await equip(id, []);
    const preview = expectStatus(await move(id, other.id, '?preview=true'), 200);
    expect(preview).to.deep.equal({
      status: { from: 'active', to: 'active' },
      kind: { from: 'agency', to: 'agency' },
      level: { from: 'elevated', to: 'limited' },
      effects: {
        poolsLeft: [],
        rolesDormant: [RECRUITER],
        interviewsToReschedule: { count: 0, first100: [] },
        sessionsEnd: false,
      },
    });
    expect(await organization.user(id), 'nothing is written').to.deep.equal(before);
    const moved = expectStatus(await move(id, other.id), 200);
    expect(moved).to.include({ id, kind: 'agency', email: before.email, status: 'active' });
    expect(moved.agency).to.deep.equal({ id: other.id, name: 'Other' });
    expect(moved.access).to.deep.include({ level: 'limited', roles: [], dormantRoles: [RECRUITER] });
    expect(expectStatus(await move(id, other.id), 200), 'again').to.deep.equal(moved);
    expect((await rollcall.api.get(at('/interviews/i1'))).body, 'the kind they were booked as').to.include({
      needsReschedule: false,
    });
    const event = (await organization.events()).findLast(({ userId }) => userId === id);
    expect(event?.effects).to.deep.equal(['agency_set', 'level_limited', 'roles_dormant']);
    expect((await rollcall.api.delete(agencyAt())).body, 'the one they left').to.include({ code: 'agency_in_use' });
    const refused = await move(id, 'nobody', '?preview=true');
    expect(refusal(refused)).to.deep.equal({ status: 400, code: 'invalid' });
    const { items } = expectStatus(await rollcall.api.get(at(`/users/${id}/history`)), 200);
    expect(items.find(({ what }: Body) => what === 'agencyId')).to.include({ from: agency.id, to: other.id });
  });

  it('heed If-Match when somebody changes sides', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const body = { agencyId: agency.id };
    const refused = await rollcall.api.put(at(`/users/${id}/agency`), body, { 'if-match': '"9"' });
    expect(refusal(refused)).to.deep.equal({ status: 412, code: 'precondition_failed' });
  });

  it('never take the last admin', async () => {
    const { id } = await organization.addActiveUser('Ada', 'ada@example.com');
    expectStatus(await rollcall.api.put(at(`/users/${id}/access`), { level: 'admin' }), 200);
    expect(refusal(await move(id, agency.id))).to.deep.equal({ status: 409, code: 'last_admin' });
    expectStatus(await rollcall.api.delete(agencyAt()), 204);
  });

  it('take nobody whom a live SCIM or directory record speaks about, and give nobody back while SCIM is on', async () => {
    const scim = await organization.connectScim();
    const recruiter = await addRecruiter();
    await scim.post('/Users', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'bo@example.com' });
    const { id } = await organization.userByEmail('bo@example.com');
    const refused = await move(id, agency.id);
    expect(refusal(refused)).to.deep.equal({ status: 409, code: 'overridden' });
    expect(refused.body.source).to.equal('scim');
    const back = await move(recruiter.id, null);
    expect(refusal(back)).to.deep.equal({ status: 409, code: 'overridden' });
    await organization.change({ scim: { enabled: false } });
    expectStatus(await move(recruiter.id, null), 200);
    const moved = expectStatus(await move(id, agency.id), 200);
    expectStatus(await act(id, 'deactivate'), 200);
    await organization.change({ scim: { enabled: true } });
    const now = await organization.user(id);
    expect(now, 'the record has no say about an agency user').to.include({ status: 'deactivated', kind: 'agency' });
    expect(now.owners.status).to.equal('manual');
    expect((await scim.get(`/Users/${moved.scimId ?? 'none'}`)).status).to.equal(404);
    expect((await scim.get('/Users')).body.Resources.map(({ userName }: Body) => userName)).not.to.include(
      'bo@example.com',
    );
  });

  it('keep the address of their user from SCIM: a conflict, and nothing linked', async () => {
    const scim = await organization.connectScim();
    const { id } = await addRecruiter();
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
    expect((await scim.post('/Users', { schemas, userName: 'rae@agency.example' })).status).to.equal(409);
    const [conflict] = await openConflicts();
    expect(conflict).to.include({ kind: 'agency_user', userId: id, acceptable: false });
    const accepted = await rollcall.api.post(at(`/conflicts/${conflict?.id}/accept`));
    expect(refusal(accepted)).to.deep.equal({ status: 409, code: 'not_acceptable' });
    expect((await organization.user(id)).owners).not.to.include({ email: 'scim' });
  });

  it('take whom SCIM or a directory has let go for good', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const leaver = await organization.userByEmail(String(rollcall.google().control.person(2)?.primaryEmail));
    rollcall.google().control.mutate({ do: 'suspend', who: 2 });
    await organization.sync();
    expect(refusal(await move(leaver.id, agency.id))).to.deep.equal({ status: 409, code: 'overridden' });
    rollcall.google().control.mutate({ do: 'delete', who: 2 });
    await organization.sync();
    expect(expectStatus(await move(leaver.id, agency.id, '?preview=true'), 200).kind.to).to.equal('agency');
    expect(expectStatus(await move(leaver.id, agency.id), 200)).to.include({
      status: 'deactivated',
      email: leaver.email,
    });
    const scim = await organization.connectScim();
    const bo = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      externalId: 'bo',
      userName: 'bo@example.com',
    };
    const { id: scimId } = (await scim.post('/Users', bo)).body;
    const { id } = await organization.userByEmail('bo@example.com');
    await scim.patch(`/Users/${scimId}`, [{ op: 'replace', path: 'active', value: false }]);
    expect(refusal(await move(id, agency.id))).to.deep.equal({ status: 409, code: 'overridden' });
    await scim.delete(`/Users/${scimId}`);
    expectStatus(await move(id, agency.id), 200);
    expectStatus(await act(id, 'activate'), 200);
    expect((await scim.post('/Users', bo)).status, 'hired again').to.equal(409);
    expect(await organization.user(id)).to.include({ status: 'active', kind: 'agency' });
    expect((await openConflicts()).map(({ userId, source }) => [userId, source])).to.deep.include([id, 'scim']);
  });

  it('keep their user from a directory, by address and by key: a conflict, and nothing linked', async () => {
    const email = String(rollcall.google().control.person(1)?.primaryEmail);
    const { id } = await addRecruiter(email);
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    const [conflict] = await openConflicts();
    expect(conflict).to.include({ kind: 'agency_user', userId: id, source: 'google' });
    expect((await organization.user(id)).owners.status).to.equal('manual');
    const { items } = expectStatus(await rollcall.api.get(at('/users?status=all&source=google')), 200);
    const linked = items[0].id;
    expect(refusal(await move(linked, agency.id))).to.deep.equal({ status: 409, code: 'overridden' });
    await organization.change({ google: { syncUsers: false } });
    const before = expectStatus(await move(linked, agency.id), 200);
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    expect(await organization.user(linked)).to.deep.equal(before);
    expect((await openConflicts()).map(({ userId }) => userId)).to.have.members([id, linked]);
  });
});

import { expect } from 'chai';
import { GROUP as GROUP_SCHEMA, USER as USER_SCHEMA } from '../../scim/schema/urns.ts';
import { createScimClient, type ScimClient } from '../scim/client.ts';
import type { ApiAnswer, Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const EVERYWHERE = { kind: 'organization', id: '*' };
const RECRUITER = { role: 'recruiter', scope: EVERYWHERE };
const REPORTER = { role: 'reporter', scope: EVERYWHERE };
const FOR_JOB = { role: 'interviewer', scope: { kind: 'job', id: 'j1' } };

const byMapping = (grant: object, mappingId = 'm1') => ({ ...grant, origin: 'mapping', mappingId, state: 'effective' });
const byHand = (grant: object) => ({ ...grant, origin: 'admin', state: 'effective' });
const asleep = (held: object, reason: string) => ({ ...held, state: 'dormant', reason });

describeBothWays('what groups give', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let scim: ScimClient;
  let ada: Body;
  let group = '';

  before(async () => {
    rollcall = await startRollcall({ env: way.env() });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    organization = await rollcall.addOrganization();
    scim = await organization.connectScim();
    ada = await provision('ada@example.com');
    group = await addGroup('Recruiters', [ada.scimId]);
    await organization.name('jobs', 'j1');
  });

  const at = (rest: string) => `${organization.path}/${rest}`;
  const refusal = ({ status, body }: ApiAnswer) => ({
    status,
    code: body.code,
    paths: (body.errors ?? []).map(({ path }: Body) => path),
  });

  async function provision(userName: string, by = scim): Promise<Body> {
    const { status, text } = await by.post('/Users', { schemas: [USER_SCHEMA], userName });
    expect(status, text).to.equal(201);
    return organization.userByEmail(userName);
  }
  async function addGroup(displayName: string, members: readonly string[], by = scim): Promise<string> {
    const body = { schemas: [GROUP_SCHEMA], displayName, members: members.map((value) => ({ value })) };
    const { status, body: made, text } = await by.post('/Groups', body);
    expect(status, text).to.equal(201);
    return made.id;
  }
  async function change(op: 'add' | 'remove', member: string, of = group): Promise<void> {
    const operation =
      op === 'add'
        ? { op, path: 'members', value: [{ value: member }] }
        : { op, path: `members[value eq "${member}"]` };
    const { status, text } = await scim.patch(`/Groups/${of}`, [operation]);
    expect([200, 204], text).to.include(status);
  }
  const ask = (mapping: object, { id = 'm1', query = '', headers = {} } = {}) =>
    rollcall.api.put(at(`group-mappings/${id}${query}`), { group: { id: group }, ...mapping }, headers);
  const map = async (mapping: object, id = 'm1'): Promise<Body> => expectStatus(await ask(mapping, { id }), 200);
  const accessOf = async ({ id }: Body) => (await organization.user(id)).access;
  const grantsOf = async (person: Body) => (await accessOf(person)).grants;
  const set = (access: object, { id } = ada) => rollcall.api.put(at(`users/${id}/access`), access);
  const give = async (access: object, person = ada): Promise<Body> => expectStatus(await set(access, person), 200);
  const signIn = async (email = 'ada@example.com') =>
    expectStatus(await rollcall.api.post(at('sign-ins'), { email }), 200);

  it('is computed when somebody is read: nothing is written about them', async () => {
    const before = await organization.user(ada.id);
    const events = await organization.events();
    const mapping = await map({ level: 'elevated', roles: [RECRUITER, FOR_JOB] });
    expect(mapping).to.deep.include({ id: 'm1', level: 'elevated', version: 1, roles: [RECRUITER, FOR_JOB] });
    expect(mapping.group).to.include({ source: 'scim', id: group, name: 'Recruiters' });
    const now = await organization.user(ada.id);
    const grants = [byMapping(RECRUITER), byMapping(FOR_JOB)];
    const access = { ...before.access, effectiveLevel: 'elevated', grants };
    expect(now).to.deep.equal({ ...before, access });
    expect(access).to.include({ level: 'limited' });
    const listed = expectStatus(await rollcall.api.get(at('users')), 200);
    expect(listed.items, 'as in a list').to.deep.equal([now]);
    const published = (await organization.events()).slice(events.length);
    expect(published.map(({ type, userId }) => [type, userId])).to.deep.equal([['group_mapping.changed', undefined]]);
  });

  it('is told at sign-in with everything else, each role once', async () => {
    await map({ level: 'elevated', roles: [RECRUITER, FOR_JOB] });
    expect((await signIn()).access).to.deep.equal({ level: 'elevated', roles: [RECRUITER, FOR_JOB], pools: [] });
    await give({ level: 'elevated', roles: [RECRUITER, REPORTER] });
    const { access, user } = await signIn();
    expect(access).to.deep.equal({ level: 'elevated', roles: [RECRUITER, REPORTER, FOR_JOB], pools: [] });
    expect(user).to.deep.equal(await organization.user(ada.id));
  });

  it('applies from the level elevated on, unless the mapping sets the level', async () => {
    await map({ roles: [RECRUITER] });
    expect(await accessOf(ada)).to.deep.include({
      effectiveLevel: 'limited',
      grants: [asleep(byMapping(RECRUITER), 'level_limited')],
    });
    expect((await signIn()).access).to.deep.equal({ level: 'limited', roles: [], pools: [] });
    await give({ level: 'elevated' });
    expect(await grantsOf(ada)).to.deep.equal([byMapping(RECRUITER)]);
    await give({ level: 'limited' });
    await map({ level: 'limited', roles: [RECRUITER] });
    expect((await accessOf(ada)).effectiveLevel, 'lifts nobody').to.equal('limited');
    await map({ level: 'elevated' }, 'm2');
    expect(await grantsOf(ada), 'one mapping lifts, another gives').to.deep.equal([byMapping(RECRUITER)]);
  });

  it('goes with the group, and takes nothing along that somebody else gave', async () => {
    await give({ level: 'elevated', roles: [RECRUITER] });
    await map({ level: 'elevated', roles: [RECRUITER, REPORTER] });
    const both = [byHand(RECRUITER), byMapping(RECRUITER), byMapping(REPORTER)];
    expect(await grantsOf(ada)).to.deep.equal(both);
    await change('remove', ada.scimId);
    expect(await grantsOf(ada)).to.deep.equal([byHand(RECRUITER)]);
    await change('add', ada.scimId);
    expect(await grantsOf(ada)).to.deep.equal(both);
    await give({ level: 'elevated', roles: [] });
    expect(await grantsOf(ada), 'and the other way round').to.deep.equal(both.slice(1));
    expect((await scim.delete(`/Groups/${group}`)).status).to.equal(204);
    expect(await grantsOf(ada), 'with the group itself').to.deep.equal([]);
    expect(expectStatus(await rollcall.api.get(at('group-mappings/m1')), 200).group).not.to.have.property('name');
  });

  it('reaches whoever is in a group in the group', async () => {
    const grace = await provision('grace@example.com');
    const inner = await addGroup('Inner', [grace.scimId]);
    await change('add', inner);
    await map({ level: 'elevated', roles: [RECRUITER] });
    expect(await grantsOf(grace)).to.deep.equal([byMapping(RECRUITER)]);
    await change('remove', inner);
    expect(await grantsOf(grace)).to.deep.equal([]);
  });

  it('is for active employees only', async () => {
    await map({ level: 'elevated', roles: [RECRUITER] });
    expect(
      (await scim.patch(`/Users/${ada.scimId}`, [{ op: 'replace', path: 'active', value: false }])).status,
    ).to.equal(200);
    expect(await accessOf(ada)).to.deep.include({ effectiveLevel: 'limited', grants: [] });
    await scim.patch(`/Users/${ada.scimId}`, [{ op: 'replace', path: 'active', value: true }]);
    expect(await accessOf(ada)).to.deep.include({ level: 'limited', grants: [byMapping(RECRUITER)] });
    await organization.change({ scim: { enabled: false } });
    const { id: agencyId } = await organization.addAgency();
    expectStatus(await rollcall.api.put(at(`users/${ada.id}/agency`), { agencyId }), 200);
    expect((await organization.user(ada.id)).status).to.equal('active');
    expect(await accessOf(ada)).to.deep.include({ effectiveLevel: 'limited', grants: [] });
  });

  it('stands as SCIM said last while SCIM is off, and ends with a SCIM DELETE', async () => {
    await map({ level: 'elevated', roles: [RECRUITER] });
    await organization.change({ scim: { enabled: false } });
    expect(await grantsOf(ada)).to.deep.equal([byMapping(RECRUITER)]);
    await organization.change({ scim: { enabled: true } });
    expect((await scim.delete(`/Users/${ada.scimId}`)).status).to.equal(204);
    await organization.change({ scim: { enabled: false } });
    expectStatus(await rollcall.api.post(at(`users/${ada.id}/activate`)), 200);
    expect(await grantsOf(ada)).to.deep.equal([]);
  });

  it('counts by the groups of the connection that owns somebody, and of any while none does', async () => {
    const connection = expectStatus(await rollcall.api.post(at('scim-connections'), { name: 'Okta' }), 201);
    const place = at(`scim-connections/${connection.id}/tokens`);
    const { baseUrl, token } = expectStatus(await rollcall.api.post(place, { name: 'test' }), 201);
    const okta = createScimClient(baseUrl, token);
    const hand = await organization
      .change({ scim: { enabled: false } })
      .then(() => organization.addActiveUser('Grace', 'grace@example.com'));
    await organization.change({ scim: { enabled: true } });
    const theirs = await addGroup('Theirs', [hand.scimId], okta);
    await map({ group: { id: theirs, connectionId: connection.id }, level: 'elevated', roles: [REPORTER] });
    await change('add', hand.scimId);
    await map({ level: 'elevated', roles: [RECRUITER] }, 'm2');
    expect(await grantsOf(hand)).to.deep.equal([byMapping(RECRUITER, 'm2'), byMapping(REPORTER)]);
    expect((await scim.post('/Users', { schemas: [USER_SCHEMA], userName: 'grace@example.com' })).status).to.equal(201);
    expect(await grantsOf(hand), 'owned').to.deep.equal([byMapping(RECRUITER, 'm2')]);
    const foreign = await ask({ group: { id: theirs } });
    expect(refusal(foreign)).to.deep.equal({ status: 422, code: 'unknown_group', paths: ['group.id'] });
  });

  for (const [what, mapping, code, path] of [
    ['admin', { level: 'admin' }, 'never_admin', 'level'],
    [
      'a role there is not',
      { roles: [RECRUITER, { role: 'owner', scope: EVERYWHERE }] },
      'unknown_role',
      'roles.1.role',
    ],
    [
      'a scope there is not',
      { roles: [{ role: 'recruiter', scope: { kind: 'job', id: 'j9' } }] },
      'unknown_scope',
      'roles.0.scope.id',
    ],
    ['anything to a group there is not', { group: { id: 'nowhere' }, roles: [RECRUITER] }, 'unknown_group', 'group.id'],
  ] as const)
    it(`never gives ${what}`, async () => {
      for (const query of ['', '?preview=true'])
        expect(refusal(await ask(mapping, { query }))).to.deep.equal({ status: 422, code, paths: [path] });
      expect((await rollcall.api.get(at('group-mappings/m1'))).status).to.equal(404);
    });

  it('has no effect while its role or scope is gone, and has it again', async () => {
    const roles = [REPORTER, FOR_JOB];
    await map({ level: 'elevated', roles });
    expectStatus(await rollcall.api.delete(at('catalog/roles/reporter')), 204);
    expectStatus(await rollcall.api.delete(at('catalog/jobs/j1')), 204);
    expect(await grantsOf(ada)).to.deep.equal([
      asleep(byMapping(REPORTER), 'role_removed'),
      asleep(byMapping(FOR_JOB), 'scope_removed'),
    ]);
    expect((await signIn()).access.roles).to.deep.equal([]);
    await map({ roles: [...roles, RECRUITER] });
    expectStatus(await ask({ level: 'elevated', roles: [RECRUITER] }), 200);
    expect((await ask({ roles })).status, 'what it named no more is unknown').to.equal(422);
    await map({ level: 'elevated', roles: [RECRUITER] });
    await organization.name('jobs', 'j1');
    await map({ level: 'elevated', roles: [FOR_JOB] });
    expect(await grantsOf(ada)).to.deep.equal([byMapping(FOR_JOB)]);
  });

  it('is shown beforehand: who gains or loses what, and nothing is written', async () => {
    const grace = await provision('grace@example.com');
    const other = await addGroup('Reporters', [ada.scimId, grace.scimId, (await provision('eve@example.com')).scimId]);
    await change('add', grace.scimId);
    await give({ level: 'elevated', roles: [RECRUITER] }, grace);
    const preview = async (mapping: object) => {
      const told = expectStatus(await ask(mapping, { query: '?preview=true' }), 200);
      expect(told.people.first100).to.have.length(told.people.count);
      const rows: readonly Body[] = told.people.first100;
      return new Map(rows.map(({ user, level, gains, loses }) => [user.email, { level, gains, loses }]));
    };
    const lifted = { from: 'limited', to: 'elevated' };
    const same = { from: 'elevated', to: 'elevated' };
    const first = { level: 'elevated', roles: [RECRUITER] };
    expect(await preview(first), 'Grace has all of it').to.deep.equal(
      new Map([['ada@example.com', { level: lifted, gains: [RECRUITER], loses: [] }]]),
    );
    expect((await rollcall.api.get(at('group-mappings/m1'))).status).to.equal(404);
    await map(first);
    expect(await preview({ group: { id: other }, level: 'elevated', roles: [REPORTER] })).to.deep.equal(
      new Map([
        ['ada@example.com', { level: same, gains: [REPORTER], loses: [RECRUITER] }],
        ['grace@example.com', { level: same, gains: [REPORTER], loses: [] }],
        ['eve@example.com', { level: lifted, gains: [REPORTER], loses: [] }],
      ]),
    );
    expect(await preview({ roles: [] })).to.deep.equal(
      new Map([['ada@example.com', { level: { from: 'elevated', to: 'limited' }, gains: [], loses: [RECRUITER] }]]),
    );
    expect((await preview(first)).size).to.equal(0);
    expect(await grantsOf(ada)).to.deep.equal([byMapping(RECRUITER)]);
  });

  it('is written by whoever read it last, and not again when it is the same', async () => {
    const made = await map({ roles: [RECRUITER] });
    expect(await map({ roles: [RECRUITER] })).to.deep.equal(made);
    for (const query of ['', '?preview=true'])
      expect((await ask({ roles: [] }, { query, headers: { 'if-match': '"7"' } })).status).to.equal(412);
    const changed = expectStatus(await ask({ roles: [] }, { headers: { 'if-match': '"1"' } }), 200);
    expect(changed).to.include({ version: 2, createdAt: made.createdAt });
    await map({}, 'm2');
    const first = expectStatus(await rollcall.api.get(at('group-mappings?limit=1')), 200);
    expect([first.items, first.total]).to.deep.equal([[changed], 2]);
    const second = expectStatus(await rollcall.api.get(at(`group-mappings?limit=1&cursor=${first.next}`)), 200);
    expect([second.items[0].id, second.next]).to.deep.equal(['m2', null]);
  });

  it('has each role once, under whatever name of the organization; the same ones in another order are no edit', async () => {
    const own = { ...RECRUITER, scope: { kind: 'organization', id: organization.id } };
    const made = await map({ level: 'elevated', roles: [RECRUITER, FOR_JOB, own, RECRUITER] });
    expect(made.roles).to.deep.equal([RECRUITER, FOR_JOB]);
    expect(await map({ level: 'elevated', roles: [FOR_JOB, own] })).to.deep.equal(made);
    await give({ level: 'elevated', roles: [own] });
    expect((await accessOf(ada)).grants).to.deep.equal([byHand(RECRUITER), byMapping(RECRUITER), byMapping(FOR_JOB)]);
    const kept = [{ ...own, origin: 'admin' }, ...[own, FOR_JOB].map((grant) => ({ ...grant, origin: 'mapping' }))];
    expect((await give({ level: 'elevated', roles: kept })).access).to.deep.equal(await accessOf(ada));
    const unknown = [...kept.toReversed(), { ...RECRUITER, role: 'nobody' }];
    const refused = refusal(await set({ level: 'elevated', roles: unknown }));
    expect(refused.paths, 'its place in the whole list').to.deep.equal(['roles.3.role']);
    expect(refusal(await ask({ roles: [RECRUITER, RECRUITER, { ...RECRUITER, role: 'nobody' }] })).paths).to.deep.equal(
      ['roles.2.role'],
    );
  });

  it('ends with the mapping, at once', async () => {
    await map({ level: 'elevated', roles: [RECRUITER] });
    const late = await rollcall.api.send({
      method: 'DELETE',
      path: `/api${at('group-mappings/m1')}`,
      headers: { 'if-match': '"7"' },
    });
    expect(late.status).to.equal(412);
    expectStatus(await rollcall.api.delete(at('group-mappings/m1')), 204);
    expect(await accessOf(ada)).to.deep.include({ effectiveLevel: 'limited', grants: [] });
    expect((await rollcall.api.delete(at('group-mappings/m1'))).status).to.equal(404);
  });

  it('is nothing that lists are filtered by', async () => {
    await map({ level: 'elevated', roles: [RECRUITER] });
    for (const query of ['role=recruiter', 'level=elevated'])
      expect(expectStatus(await rollcall.api.get(at(`users?${query}`)), 200).total).to.equal(0);
    await give({ level: 'elevated', roles: [RECRUITER] });
    for (const query of ['role=recruiter', 'level=elevated'])
      expect(expectStatus(await rollcall.api.get(at(`users?${query}`)), 200).total).to.equal(1);
  });

  describe('is not for an admin to take away', () => {
    const read = (grant: object, origin: string) => ({ ...grant, origin });
    const refused = async (access: object) => {
      const before = await organization.user(ada.id);
      for (const query of ['', '?preview=true']) {
        const { status, body } = await rollcall.api.put(at(`users/${ada.id}/access${query}`), access);
        expect([status, body.code], JSON.stringify(access)).to.deep.equal([409, 'mapped_grant']);
      }
      expect(await organization.user(ada.id)).to.deep.equal(before);
    };

    it('neither the level nor all the roles', async () => {
      await map({ level: 'elevated', roles: [RECRUITER] });
      await refused({ level: 'limited' });
      await refused({ level: 'elevated', roles: [] });
      expect((await set({ level: 'limited' })).body.mappings).to.deep.equal(['m1']);
      const lowered = await give({ level: 'elevated' }).then(() => give({ level: 'limited' }));
      expect(lowered.access, 'what was set by hand can be').to.include({
        level: 'limited',
        effectiveLevel: 'elevated',
      });
    });

    it('nor one of those that were read', async () => {
      await map({ level: 'elevated', roles: [RECRUITER, FOR_JOB] });
      await give({ level: 'elevated', roles: [REPORTER] });
      await refused({ level: 'elevated', roles: [read(REPORTER, 'admin'), read(RECRUITER, 'mapping')] });
      const elsewhere = read({ ...RECRUITER, scope: FOR_JOB.scope }, 'mapping');
      const all = [read(RECRUITER, 'mapping'), read(FOR_JOB, 'mapping')];
      await refused({ level: 'elevated', roles: [...all, elsewhere] });
      const before = await organization.user(ada.id);
      const again = await give({ level: 'elevated', roles: [...all, read(REPORTER, 'admin')] });
      expect(again.access, 'read and sent back: nothing becomes theirs').to.deep.equal(before.access);
      const less = await give({ level: 'elevated', roles: all });
      expect(less.access.grants).to.deep.equal([byMapping(RECRUITER), byMapping(FOR_JOB)]);
    });

    it('and whoever sends everything back as it was read changes nothing, dormant roles neither', async () => {
      await map({ roles: [RECRUITER, FOR_JOB] });
      await give({ level: 'elevated', roles: [REPORTER, FOR_JOB] });
      for (const edit of [
        { level: 'limited' },
        { level: 'elevated', restore: false },
        { level: 'elevated', roles: [RECRUITER] },
      ]) {
        const before = await give(edit);
        const { level, grants } = before.access;
        expect(grants.map(({ state }: Body) => state)).to.include('dormant');
        expect(await give({ level, roles: grants })).to.deep.equal(before);
      }
      const { grants } = await accessOf(ada);
      await refused({ level: 'elevated', roles: grants.filter(({ scope }: Body) => scope.kind !== 'job') });
    });

    it('but may be given by hand as well, and other roles beside it', async () => {
      await map({ level: 'elevated', roles: [RECRUITER] });
      const { access } = await give({ level: 'elevated', roles: [REPORTER] });
      expect(access.grants).to.deep.equal([byHand(REPORTER), byMapping(RECRUITER)]);
      const both = await give({ level: 'elevated', roles: [RECRUITER] });
      expect(both.access.grants).to.deep.equal([byHand(RECRUITER), byMapping(RECRUITER)]);
    });

    it('while it counts', async () => {
      await map({ roles: [RECRUITER] });
      await give({ level: 'limited', roles: [] });
      await give({ level: 'elevated', roles: [] });
      await refused({ level: 'elevated', roles: [] });
      await give({ level: 'limited', roles: [] });
    });
  });
});

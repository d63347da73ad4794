import { expect } from 'chai';
import { GROUP as GROUP_SCHEMA, USER as USER_SCHEMA } from '../../scim/schema/urns.ts';
import type { ScimClient } from '../scim/client.ts';
import type { Body } from '../support/api-client.ts';
import { createGroupScope } from '../support/group-scope.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const RECRUITER = { role: 'recruiter', scope: { kind: 'organization', id: '*' } };
const GIVES = { level: 'elevated', roles: [RECRUITER] };
/** One more than are told one by one. */
const MANY = 201;

describeBothWays('access that comes and goes with a group', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let scim: ScimClient;
  before(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 6 } });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    organization = await rollcall.addOrganization('Example', ['sim.example']);
  });

  const at = (rest: string) => `${organization.path}/${rest}`;
  async function provision(userName: string): Promise<Body> {
    const { status, text } = await scim.post('/Users', { schemas: [USER_SCHEMA], userName });
    expect(status, text).to.equal(201);
    return organization.userByEmail(userName);
  }
  async function addGroup(displayName: string, members: readonly string[] = []): Promise<string> {
    const body = { schemas: [GROUP_SCHEMA], displayName, members: members.map((value) => ({ value })) };
    const { status, body: made, text } = await scim.post('/Groups', body);
    expect(status, text).to.equal(201);
    return made.id;
  }
  async function patch(group: string, operation: { readonly op: string; readonly [member: string]: unknown }) {
    const { status, text } = await scim.patch(`/Groups/${group}`, [operation]);
    expect([200, 204], text).to.include(status);
  }
  const put = (group: string, ...members: readonly string[]) =>
    patch(group, { op: 'add', path: 'members', value: members.map((value) => ({ value })) });
  const takeOut = (group: string, member: string) =>
    patch(group, { op: 'remove', path: `members[value eq "${member}"]` });
  const map = async (group: object, mapping: object = GIVES): Promise<Body> =>
    expectStatus(await rollcall.api.put(at('group-mappings/m1'), { group, ...mapping }), 200);
  const historyOf = async ({ id }: Body): Promise<readonly Body[]> =>
    expectStatus(await rollcall.api.get(at(`users/${id}/history`)), 200).items;
  const toldTo = async (person: Body) => {
    const rows = (await historyOf(person)).filter(({ what }) => /^(group|effective)/.test(what));
    return rows.map(({ what, from, to, actor }) => [what, from, to, actor.kind]);
  };
  const eventsOf = async (type: string) => (await organization.events()).filter((event) => event.type === type);
  const joined = (group: string, kind = 'connection') => [
    ['group', null, group, kind],
    ['effectiveLevel', 'limited', 'elevated', kind],
    ['effectiveRoles', [], [RECRUITER], kind],
  ];
  const left = (group: string, kind = 'connection') => [
    ['group', group, null, kind],
    ['effectiveLevel', 'elevated', 'limited', kind],
    ['effectiveRoles', [RECRUITER], [], kind],
  ];

  describe('of SCIM', () => {
    let ada: Body;
    let group = '';
    beforeEach(async () => {
      scim = await organization.connectScim();
      ada = await provision('ada@sim.example');
      group = await addGroup('Recruiters');
    });

    it('is told in the history of the person and in the feed, as they join and as they leave', async () => {
      await map({ id: group });
      await put(group, ada.scimId);
      expect(await toldTo(ada)).to.deep.equal(joined(group));
      const told = (await eventsOf('user.updated')).at(-1);
      expect(told).to.deep.include({ userId: ada.id });
      expect(told?.changes).to.deep.equal({
        group: [null, group],
        effectiveLevel: ['limited', 'elevated'],
        effectiveRoles: [[], [RECRUITER]],
      });
      await takeOut(group, ada.scimId);
      expect(await toldTo(ada)).to.deep.equal([...left(group), ...joined(group)]);
      await put(group, ada.scimId);
      await scim.put(`/Groups/${group}`, { schemas: [GROUP_SCHEMA], displayName: 'Recruiters', members: [] });
      expect((await toldTo(ada)).slice(0, 3)).to.deep.equal(left(group));
    });

    it('is told when it is a group in the group that joins, and when the group is deleted', async () => {
      const team = await addGroup('Team', [ada.scimId]);
      await map({ id: group });
      await put(group, team);
      expect(await toldTo(ada)).to.deep.equal(joined(group));
      const { groups } = expectStatus(await rollcall.api.get(at(`users/${ada.id}/explain`)), 200);
      expect(groups.map(({ group: { source, id }, mappings }: Body) => [source, id, mappings])).to.deep.equal([
        ['scim', group, ['m1']],
      ]);
      await takeOut(team, ada.scimId);
      expect((await toldTo(ada)).slice(0, 3)).to.deep.equal(left(team));
      await put(team, ada.scimId);
      expect((await scim.delete(`/Groups/${group}`)).status).to.equal(204);
      expect((await toldTo(ada)).slice(0, 3)).to.deep.equal(left(group));
    });

    it('is told of nobody whose access stays as it was, and nothing is written about them', async () => {
      await put(group, ada.scimId);
      await takeOut(group, ada.scimId);
      await map({ id: group });
      expectStatus(await rollcall.api.put(at(`users/${ada.id}/access`), GIVES), 200);
      const before = await organization.user(ada.id);
      await put(group, ada.scimId);
      await takeOut(group, ada.scimId);
      expect(await organization.user(ada.id)).to.deep.equal(before);
      expect(await toldTo(ada)).to.deep.equal([]);
    });

    it('is one event, and touches nobody, when a mapping changes', async () => {
      await put(group, ada.scimId);
      const { version } = await organization.user(ada.id);
      await map({ id: group });
      await map({ id: group });
      await map({ id: group }, { roles: [RECRUITER] });
      expectStatus(await rollcall.api.delete(at('group-mappings/m1')), 204);
      const events = await eventsOf('group_mapping.changed');
      expect(events.map(({ changes, by, userId }) => [changes.mapping, changes.level, by.kind, userId])).to.deep.equal([
        [[null, 'm1'], [null, 'elevated'], 'operator', undefined],
        [['m1', 'm1'], ['elevated', null], 'operator', undefined],
        [['m1', null], [null, null], 'operator', undefined],
      ]);
      expect(events.map(({ changes }) => changes.roles)).to.deep.equal([
        [null, [RECRUITER]],
        [[RECRUITER], [RECRUITER]],
        [[RECRUITER], null],
      ]);
      expect((await organization.user(ada.id)).version).to.equal(version);
    });

    it('is one event with counts, and touches nobody, when more than 200 join at once', async () => {
      const people: Body[] = [];
      for (let n = 0; n < MANY; n++) people.push(await provision(`p${n}@sim.example`));
      await map({ id: group });
      await put(group, ...people.map(({ scimId }) => scimId));
      const [event, ...others] = await eventsOf('group.members_changed');
      expect(others).to.deep.equal([]);
      expect(event?.changes).to.deep.equal({ group: [group, group], joined: [null, MANY], left: [null, 0] });
      const now = await organization.user(people[0]?.id);
      expect([now.version, now.access.effectiveLevel]).to.deep.equal([people[0]?.version, 'elevated']);
    });
  });

  it('of a directory is told by the run that read the group, and explained', async () => {
    const google = rollcall.google().control;
    await organization.connectGoogle();
    createGroupScope(rollcall, organization, 'google');
    for (const how of ['unsuspend', 'unarchive'] as const) google.mutate({ do: how, who: { from: 0, to: 3 } });
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const [one, two] = await Promise.all(
      [1, 2].map((index) => organization.userByEmail(String(google.person(index)?.primaryEmail))),
    );
    const id = 'sales@sim.example';
    google.group({ id: 'g1', email: id, members: [1] });
    await map({ source: 'google', id });
    await organization.sync();
    const explained = expectStatus(await rollcall.api.get(at(`users/${one?.id}/explain`)), 200);
    expect(explained.groups).to.deep.equal([{ group: { source: 'google', id }, mappings: ['m1'] }]);
    const other = expectStatus(await rollcall.api.get(at(`users/${two?.id}/explain`)), 200);
    expect(other.groups).to.deep.equal([]);
    expect([await toldTo(one as Body), await toldTo(two as Body)]).to.deep.equal([joined(id, 'run'), []]);
    google.group({ id: 'g1', email: id, members: [2] });
    await organization.sync();
    expect((await toldTo(one as Body)).slice(0, 3)).to.deep.equal(left(id, 'run'));
    expect(await toldTo(two as Body)).to.deep.equal(joined(id, 'run'));
    await organization.sync();
    expect(await toldTo(two as Body)).to.have.length(3);
  });
});

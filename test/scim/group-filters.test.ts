import { expect } from 'chai';
import { describeOnBothStores } from './both-stores.ts';
import { expectBody, expectError, expectList, idsOf } from './expectations.ts';
import { groupCalls } from './group-calls.ts';
import { type ScimServer, startScim } from './server.ts';

describeOnBothStores('SCIM filters on groups, and on people by group', (on) => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim(on);
  });
  afterEach(() => scim.stop());

  const { people, group, patch } = groupCalls(() => scim);
  const ask = (endpoint: string, filter: string, rest = '') =>
    scim.get(`/${endpoint}?filter=${encodeURIComponent(filter)}${rest}`);
  const find = async (filter: string) => idsOf(expectList(await ask('Groups', filter)));
  const findPeople = async (filter: string) => idsOf(expectList(await ask('Users', filter)));

  it('finds groups by name, externalId, id, times and members', async () => {
    const [one = '', two = ''] = await people(2);
    const a = await group([one, two], { displayName: 'Alpha', externalId: 'X-1' });
    scim.advance(1000);
    const b = await group([two], { displayName: 'Beta', externalId: 'x-1' });
    const c = await group([a.id], { displayName: 'Gamma' });
    for (const [filter, expected] of [
      ['displayName eq "ALPHA"', [a.id]],
      ['displayName sw "be"', [b.id]],
      ['displayName co "A"', [a.id, b.id, c.id]],
      ['displayName ew "MA"', [c.id]],
      ['externalId eq "X-1"', [a.id]],
      ['externalId pr', [a.id, b.id]],
      ['not (externalId pr)', [c.id]],
      [`id eq "${b.id}"`, [b.id]],
      [`id eq "${b.id.toUpperCase()}"`, []],
      [`meta.created gt "${a.meta.created}"`, [b.id, c.id]],
      ['meta.resourceType eq "Group"', [a.id, b.id, c.id]],
      [`members.value eq "${two}"`, [a.id, b.id]],
      [`members eq "${one}"`, [a.id]],
      [`members[value eq "${two}"]`, [a.id, b.id]],
      [`members[value eq "${a.id}" and type eq "Group"]`, [c.id]],
      [`members[value eq "${one}" and type eq "group"]`, []],
      [`members[value eq "${two}"] and displayName eq "beta"`, [b.id]],
      [`members.value eq "${one}" or externalId eq "x-1"`, [a.id, b.id]],
      [`not (members.value eq "${two}")`, [c.id]],
      [`members.value ne "${two}"`, [c.id]],
      ['members.type eq "Group"', [c.id]],
      ['members.display eq "alpha"', [c.id]],
      ['members pr', [a.id, b.id, c.id]],
      [`members.$ref ew "${one}"`, [a.id]],
      ['members.value eq "nobody"', []],
    ] as const)
      expect(await find(filter), filter).to.deep.equal(expected);
    await patch(b.id, { op: 'remove', path: 'members' });
    expect(await find('members.value eq null')).to.deep.equal([b.id]);
    expect(await find(`members.value eq "${two}"`)).to.deep.equal([a.id]);
  });

  it('refuses filters that name what a group has not', async () => {
    await group();
    for (const filter of ['userName eq "x"', 'displayName gt', 'members.nothing eq "x"', 'displayName xx "y"'])
      expectError(await ask('Groups', filter), 400, 'invalidFilter');
  });

  it('pages what a filter has to look at one by one', async () => {
    const made: string[] = [];
    for (let count = 0; count < 12; count++) made.push((await group([], { displayName: `team ${count} x` })).id);
    await group();
    const seen: string[] = [];
    for (let startIndex = 1; startIndex < 13; startIndex += 5)
      seen.push(
        ...idsOf(expectList(await ask('Groups', 'displayName ew "X"', `&startIndex=${startIndex}&count=5`), 12)),
      );
    expect(seen).to.deep.equal(made);
    expectList(await ask('Groups', 'displayName ew "X"', '&count=0'), 12);
  });

  it('finds people by the group they are in, nested groups included', async () => {
    const [one = '', two = '', three = ''] = await people(3);
    const inner = await group([one]);
    const outer = await group([two, inner.id]);
    for (const [filter, expected] of [
      [`groups.value eq "${inner.id}"`, [one]],
      [`groups eq "${inner.id}"`, [one]],
      [`groups[value eq "${inner.id}"]`, [one]],
      [`groups.value eq "${outer.id}"`, [one, two]],
      [`groups.value eq "${outer.id}" and not (groups.value eq "${inner.id}")`, [two]],
      [`groups.value ne "${outer.id}"`, [three]],
      [`groups.value eq "${outer.id}" and userName co "person"`, [one, two]],
      [`groups.value eq "${outer.id}" and nickName eq "none"`, []],
      [`groups.value eq "${inner.id}" or id eq "${three}"`, [one, three]],
      ['groups.value eq "nothing"', []],
    ] as const)
      expect(await findPeople(filter), filter).to.deep.equal(expected);
    for (const filter of ['groups.display eq "x"', 'groups pr', 'groups.value sw "x"', 'groups.value eq null'])
      expectError(await ask('Users', filter), 400, 'invalidFilter');
    const [shown] = expectList(await ask('Users', `groups.value eq "${inner.id}"`), 1);
    expect(shown.groups).to.have.length(2);
  });

  it('finds thousands of people by their group', async () => {
    const ids = await people(60);
    const { id } = await group(ids);
    const answer = await ask('Users', `groups.value eq "${id}"`, '&count=25&startIndex=26');
    expect(idsOf(expectList(answer, 60))).to.deep.equal(ids.slice(25, 50));
    expectBody(answer, 200);
  });
});

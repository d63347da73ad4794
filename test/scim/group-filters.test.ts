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
    const [shown] = expectList(await ask('Users', `groups.value eq "${inner.id}"`), 1);
    expect(shown.groups).to.have.length(2);
  });

  it('finds people by whatever they are shown with of a group', async () => {
    const [one = '', two = '', three = '', four = ''] = await people(4);
    const inner = await group([one], { displayName: 'Inner Team' });
    const outer = await group([two, inner.id], { displayName: 'Outer Team' });
    const third = await group([three], { displayName: 'Third' });
    for (const [filter, expected] of [
      ['groups pr', [one, two, three]],
      ['not (groups pr)', [four]],
      ['groups eq null', [four]],
      ['groups.value eq null', [four]],
      ['groups ne null', [one, two, three]],
      ['groups.display pr', [one, two, three]],
      ['groups.display eq "OUTER team"', [one, two]],
      ['groups.display ne "outer team"', [three, four]],
      ['groups.display ew "team"', [one, two]],
      ['groups.display sw "x"', []],
      [`groups.value sw "${third.id}"`, [three]],
      [`groups.value gt "${outer.id}"`, [three]],
      [`groups.$ref ew "/Groups/${third.id}"`, [three]],
      ['groups.type eq "direct"', [one, two, three]],
      ['groups.type eq "INDIRECT"', [one]],
      ['groups.type ne "indirect"', [two, three, four]],
      ['groups[type eq "direct" and display co "outer"]', [two]],
      ['groups[type eq "indirect" and display co "outer"]', [one]],
      ['groups[type eq "indirect" and display co "inner"]', []],
      ['groups[display co "team" and not (type eq "direct")]', [one]],
      [`groups[display co "team" and value ne "${inner.id}"]`, [one, two]],
      [`groups[value eq "${outer.id}" and type eq "direct"]`, [two]],
      ['groups[display eq "third"].type eq "direct"', [three]],
      ['groups.display eq "third" or groups.type eq "indirect"', [one, three]],
      ['groups pr and not (groups.display eq "third")', [one, two]],
    ] as const)
      expect(await findPeople(filter), filter).to.deep.equal(expected);
    expectError(await ask('Users', 'groups.nothing eq "x"'), 400, 'invalidFilter');
    await patch(third.id, { op: 'remove', path: 'members' });
    expect(await findPeople('groups pr')).to.deep.equal([one, two]);
    expectList(await scim.get(`/?filter=${encodeURIComponent('groups pr or displayName eq "third"')}`), 3);
  });

  it('says so when too many groups, or people in them, would have to be looked at', async () => {
    await scim.stop();
    scim = await startScim({ ...on, scanLimit: 3 });
    const ids = await people(4);
    const some = await group(ids.slice(0, 3), { displayName: 'some' });
    const all = await group(ids, { displayName: 'all' });
    expect(await findPeople('groups.display eq "some"')).to.deep.equal(ids.slice(0, 3));
    expectError(await ask('Users', 'groups.display eq "all"'), 400, 'tooMany');
    expectError(await ask('Users', `groups.value eq "${all.id}"`), 400, 'tooMany');
    await group();
    await group();
    expectError(await ask('Users', 'groups.display eq "some"'), 400, 'tooMany');
    expect(await findPeople(`groups.value eq "${some.id}"`)).to.deep.equal(ids.slice(0, 3));
  });

  it('finds thousands of people by their group', async () => {
    const ids = await people(60);
    const { id } = await group(ids);
    const answer = await ask('Users', `groups.value eq "${id}"`, '&count=25&startIndex=26');
    expect(idsOf(expectList(answer, 60))).to.deep.equal(ids.slice(25, 50));
    expectBody(answer, 200);
  });
});

import { expect } from 'chai';
import { describeOnBothStores } from './both-stores.ts';
import type { Body } from './client.ts';
import { aGroup, aPerson, expectBody, expectEmpty, expectError, expectList, G, idsOf } from './expectations.ts';
import { groupCalls, named } from './group-calls.ts';
import { type ScimServer, startScim } from './server.ts';

const ADSCIM = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';

describeOnBothStores('SCIM cases: groups', (on) => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim(on);
  });
  afterEach(() => scim.stop());

  const { people, person, group, patch, members, unchanged } = groupCalls(() => scim);

  it('case-G01 creates Entra’s group without members and tolerates its schema', async () => {
    for (const empty of [{}, { members: [] }, { members: null }]) {
      const sent = aGroup({ schemas: [G, ADSCIM], externalId: 'e-1', meta: { resourceType: 'Group' }, ...empty });
      const answer = await scim.post('/Groups', sent);
      const created = expectBody(answer, 201);
      expect(created.schemas).to.deep.equal([G]);
      expect(created)
        .to.include({ displayName: sent.displayName, externalId: 'e-1' })
        .and.not.to.have.any.keys('members');
      expect(created.meta).to.include({ resourceType: 'Group', location: answer.headers.location, version: 'W/"1"' });
      expect(answer.headers).to.include({ location: `${scim.root}/Groups/${created.id}`, etag: 'W/"1"' });
      expect(expectBody(await scim.get(`/Groups/${created.id}`), 200)).to.deep.equal(created);
      const stored = await scim.storedGroup(created.id);
      expect(stored).to.deep.include({ externalId: 'e-1', version: 1, members: [] });
      expect(stored?.attributes).to.deep.equal({ displayName: sent.displayName });
    }
  });

  it('case-G02 refuses a name that another group has, in any case', async () => {
    const { id } = await group([], { displayName: 'Engineering' });
    for (const displayName of ['Engineering', 'ENGINEERING', 'engineerinG'])
      expectError(await scim.post('/Groups', aGroup({ displayName })), 409, 'uniqueness');
    expect(idsOf(expectList(await scim.get('/Groups'), 1))).to.deep.equal([id]);
    const other = await scim.addTenant();
    expectBody(await other.post('/Groups', aGroup({ displayName: 'Engineering' })), 201);
  });

  it('case-G03 leaves members out, and does not read them', async () => {
    const { id } = await group(await people(2));
    const path = `/Groups/${id}?excludedAttributes=members`;
    const shown = await withoutReadingMembers(scim, async () => expectBody(await scim.get(path), 200));
    expect(shown).not.to.have.any.keys('members');
    expect(shown).to.have.property('displayName');
    expect(await members(id)).to.have.length(2);
  });

  it('case-G04 adds the members Entra names, with null references, and answers 204', async () => {
    const [first = '', ...others] = await people(4);
    const { id } = await group([first]);
    await patch(id, { op: 'Add', path: 'members', value: others.map((value) => ({ $ref: null, value })) });
    expect(await members(id)).to.deep.equal([first, ...others].sort());
    const stored = await scim.storedGroup(id);
    expect(stored?.members.map((member) => member.id)).to.deep.equal([first, ...others]);
    expect(stored?.version).to.equal(2);
  });

  it('case-G04 adds without reading the group', async () => {
    const ids = await people(3);
    const { id } = await group(ids.slice(0, 2));
    await withoutReadingMembers(scim, () => patch(id, { op: 'Add', path: 'members', value: named(ids.slice(2)) }));
    await withoutReadingMembers(scim, () => patch(id, { op: 'remove', path: `members[value eq "${ids[0]}"]` }));
    expect(await members(id)).to.deep.equal(ids.slice(1).sort());
  });

  it('case-G05 removes only the members that are listed', async () => {
    const ids = await people(4);
    const { id } = await group(ids);
    const value = ids.slice(1, 3).map((value) => ({ $ref: null, value }));
    await patch(id, { op: 'Remove', path: 'members', value });
    expect(await members(id)).to.deep.equal([ids[0], ids[3]].sort());
  });

  it('case-G06 removes the member a filter names', async () => {
    const ids = await people(4);
    const { id } = await group(ids);
    await patch(id, { op: 'remove', path: `members[value eq "${ids[1]}"]` });
    expect(await members(id)).to.deep.equal([ids[0], ids[2], ids[3]].sort());
    await patch(id, { op: 'remove', path: `members[value eq "${ids[0]}" or value eq "${ids[2]}"]` });
    expect(await members(id)).to.deep.equal([ids[3]]);
    await patch(id, { op: 'remove', path: `members[value eq "${ids[3]}" and type eq "Group"]` });
    expect(await members(id)).to.deep.equal([ids[3]]);
    await patch(id, { op: 'remove', path: `members[type eq "User" and value eq "${ids[3]}"]` });
    expect(await members(id)).to.deep.equal([]);
  });

  it('case-G06 refuses to look for members by anything but their id', async () => {
    const { id } = await group(await people(2));
    for (const path of ['members[display eq "x"]', 'members[value sw "x"]', 'members[not (value eq "x")]'])
      await unchanged(id, async () =>
        expectError(await scim.patch(`/Groups/${id}`, [{ op: 'remove', path }]), 400, 'invalidFilter'),
      );
  });

  it('case-G07 changes nothing when who is removed is not in the group', async () => {
    const [inside = '', outside = ''] = await people(2);
    const { id } = await group([inside]);
    for (const value of [outside, 'never-existed']) {
      await unchanged(id, () => patch(id, { op: 'remove', path: `members[value eq "${value}"]` }));
      await unchanged(id, () => patch(id, { op: 'Remove', path: 'members', value: [{ value }] }));
    }
    expect(await members(id)).to.deep.equal([inside]);
  });

  it('case-G08 empties a group by replacing its members by none', async () => {
    for (const value of [[], null, '']) {
      const { id } = await group(await people(2));
      await patch(id, { op: 'replace', path: 'members', value });
      expect(await members(id)).to.deep.equal([]);
      await unchanged(id, () => patch(id, { op: 'replace', path: 'members', value }));
    }
  });

  it('case-G09 replaces all members, in whatever order', async () => {
    const ids = await people(4);
    const { id } = await group(ids.slice(0, 3));
    await patch(id, { op: 'replace', path: 'members', value: named([...ids.slice(1)].reverse()) });
    expect(await members(id)).to.deep.equal(ids.slice(1).sort());
    await unchanged(id, () => patch(id, { op: 'replace', path: 'members', value: named(ids.slice(1)) }));
  });

  it('case-G10 replaces the members of a value without a path', async () => {
    const ids = await people(3);
    const { id } = await group(ids.slice(0, 2));
    await patch(id, { op: 'replace', value: { members: named(ids.slice(1)) } });
    expect(await members(id)).to.deep.equal(ids.slice(1).sort());
    await patch(id, { op: 'add', value: { members: named(ids.slice(0, 1)) } });
    expect(await members(id)).to.deep.equal([...ids].sort());
  });

  it('case-G11 takes Okta’s repetition of id and name, and changes only what is new', async () => {
    const { id, displayName } = await group(await people(1));
    await unchanged(id, () => patch(id, { op: 'replace', value: { id, displayName } }));
    await patch(id, { op: 'replace', value: { id, displayName: 'New' } });
    expect(await scim.storedGroup(id)).to.deep.include({ attributes: { displayName: 'New' }, version: 2 });
    expect(await members(id)).to.have.length(1);
    const foreign = [{ op: 'replace', value: { id: 'other', displayName: 'X' } }];
    await unchanged(id, async () => expectError(await scim.patch(`/Groups/${id}`, foreign), 400, 'mutability'));
  });

  it('case-G12 replaces a group by PUT, with members and what Okta calls them', async () => {
    const ids = await people(3);
    const { id } = await group(ids.slice(0, 2), { externalId: 'o-1' });
    const sent = {
      schemas: [G],
      id,
      displayName: 'Put',
      members: ids.slice(1).map((value, at) => ({ value, display: `called ${at}` })),
    };
    const put = expectBody(await scim.put(`/Groups/${id}`, sent), 200);
    expect(put).to.include({ id, displayName: 'Put', externalId: 'o-1' });
    expect(put.members.map(({ display }: Body) => display)).to.have.members(['called 0', 'called 1']);
    expect(await members(id)).to.deep.equal(ids.slice(1).sort());
    await unchanged(id, async () => expectBody(await scim.put(`/Groups/${id}`, sent), 200));
    await unchanged(id, async () => expectBody(await scim.put(`/Groups/${id}`, put), 200));
    const { members: _, ...without } = sent;
    expect(expectBody(await scim.put(`/Groups/${id}`, without), 200)).not.to.have.any.keys('members');
    expect(await members(id)).to.deep.equal([]);
  });

  it('case-G13 never has anybody twice', async () => {
    const [one = '', two = ''] = await people(2);
    const { id } = await group([one, one]);
    expect(await members(id)).to.deep.equal([one]);
    await patch(id, { op: 'add', path: 'members', value: named([one, two, two]) });
    expect(await members(id)).to.deep.equal([one, two].sort());
    await unchanged(id, () => patch(id, { op: 'add', path: 'members', value: named([two, one]) }));
  });

  it('case-G14 takes a bare id for a member', async () => {
    const [one = '', two = ''] = await people(2);
    const { id } = await group();
    await patch(id, { op: 'add', path: 'members', value: one });
    await patch(id, { op: 'add', path: 'members', value: [two] });
    await patch(id, { op: 'remove', path: 'members', value: one });
    expect(await members(id)).to.deep.equal([two]);
  });

  it('case-G15 shows members by the name the client gave, else by their own', async () => {
    const { id: one } = await person({ displayName: 'Ada Byron' });
    const { id: two } = await person({ displayName: 'Bob' });
    const { id } = await group();
    await patch(id, { op: 'add', path: 'members', value: [{ displayName: 'new User', value: one }, { value: two }] });
    const answer = await scim.get(`/Groups/${id}`);
    expect(answer.text).to.include('new User');
    expect(expectBody(answer, 200).members).to.deep.equal([
      { value: one, $ref: `${scim.root}/Users/${one}`, display: 'new User', type: 'User' },
      { value: two, $ref: `${scim.root}/Users/${two}`, display: 'Bob', type: 'User' },
    ]);
    await unchanged(id, () => patch(id, { op: 'add', path: 'members', value: named([one]) }));
    await patch(id, { op: 'add', path: 'members', value: [{ value: one, display: 'renamed' }] });
    expect(expectBody(await scim.get(`/Groups/${id}`), 200).members[0]).to.include({ value: one, display: 'renamed' });
  });

  it('case-G16 removes all members by a bare path', async () => {
    const { id } = await group(await people(3));
    await patch(id, { op: 'remove', path: 'members' });
    expect(await members(id)).to.deep.equal([]);
    await unchanged(id, () => patch(id, { op: 'remove', path: 'members' }));
  });

  it('case-G17 adds and removes as JumpCloud does', async () => {
    const ids = await people(3);
    const { id } = await group();
    await patch(id, { op: 'add', path: 'members', value: named(ids) });
    await patch(id, { op: 'remove', path: 'members', value: named(ids.slice(0, 2)) });
    expect(await members(id)).to.deep.equal(ids.slice(2));
  });

  it('case-G18 renames a group, unless another one has the name', async () => {
    const { id, displayName } = await group();
    const other = await group();
    await patch(id, { op: 'Replace', path: 'displayName', value: 'Renamed' });
    expect(await scim.storedGroup(id)).to.deep.include({ attributes: { displayName: 'Renamed' } });
    const taken = [{ op: 'Replace', path: 'displayName', value: 'RENAMED' }];
    await unchanged(other.id, async () =>
      expectError(await scim.patch(`/Groups/${other.id}`, taken), 409, 'uniqueness'),
    );
    await patch(other.id, { op: 'Replace', path: 'displayName', value: displayName });
    await patch(id, { op: 'Replace', path: 'displayName', value: 'renamed' });
    expect(await scim.storedGroup(id)).to.deep.include({ attributes: { displayName: 'renamed' } });
  });

  it('case-G18 shows a renamed group only when it is asked to', async () => {
    const { id } = await group(await people(1));
    const rename = (displayName: string) => [{ op: 'replace', path: 'displayName', value: displayName }];
    const shown = expectBody(await scim.patch(`/Groups/${id}?attributes=displayName`, rename('A')), 200);
    expect(shown).to.deep.equal({ schemas: [G], id, displayName: 'A' });
    const quiet = await scim.patch(`/Groups/${id}`, rename('B'));
    expectEmpty(quiet, 204);
    expect(quiet.headers.etag).to.equal('W/"3"');
  });

  it('case-G19 shows people the groups they are in', async () => {
    const [one = '', two = ''] = await people(2);
    const { id, displayName } = await group();
    await patch(id, { op: 'add', path: 'members', value: named([one]) });
    const groups = [{ value: id, $ref: `${scim.root}/Groups/${id}`, display: displayName, type: 'direct' }];
    expect(expectBody(await scim.get(`/Users/${one}`), 200).groups).to.deep.equal(groups);
    expect(expectBody(await scim.get(`/Users/${two}`), 200)).not.to.have.any.keys('groups');
    const [first, second] = expectList(await scim.get('/Users'), 2);
    expect(first.groups).to.deep.equal(groups);
    expect(second).not.to.have.any.keys('groups');
  });

  it('case-G20 takes groups of a person for read-only', async () => {
    const { id } = await person();
    const { id: groupId } = await group([id]);
    const other = await group();
    const shown = expectBody(await scim.get(`/Users/${id}`), 200);
    const before = await scim.stored(id);
    const put = expectBody(await scim.put(`/Users/${id}`, { ...shown, groups: [{ value: other.id }] }), 200);
    expect(put.groups).to.deep.equal(shown.groups);
    for (const path of ['groups', 'groups.value', `groups[value eq "${groupId}"]`])
      for (const op of ['add', 'replace', 'remove'])
        expectError(await scim.patch(`/Users/${id}`, [{ op, path, value: [{ value: other.id }] }]), 400, 'mutability');
    const pathless = await scim.patch(`/Users/${id}`, [{ op: 'replace', value: { groups: [] } }]);
    expect(expectBody(pathless, 200).groups).to.deep.equal(shown.groups);
    expect(await scim.stored(id)).to.deep.equal(before);
    expect(await members(groupId)).to.deep.equal([id]);
    expect(await members(other.id)).to.deep.equal([]);
  });

  it('case-G21 refuses a member that never existed, names it, and applies nothing', async () => {
    const [known = ''] = await people(1);
    const { id } = await group();
    const elsewhere = await scim.addTenant();
    const foreign = expectBody(await elsewhere.post('/Users', aPerson()), 201);
    const foreignGroup = expectBody(await elsewhere.post('/Groups', aGroup()), 201);
    for (const value of ['never-existed', foreign.id, foreignGroup.id]) {
      const add = [
        { op: 'replace', path: 'displayName', value: 'half' },
        { op: 'add', path: 'members', value: named([known, value]) },
      ];
      const refused = await unchanged(id, () => scim.patch(`/Groups/${id}`, add));
      expect(expectError(refused, 400, 'invalidValue').detail).to.include(value);
      const body = aGroup({ members: named([known, value]) });
      const put = await unchanged(id, () => scim.put(`/Groups/${id}`, body));
      expect(expectError(put, 400, 'invalidValue').detail).to.include(value);
      expectError(await scim.post('/Groups', body), 400, 'invalidValue');
    }
    expectList(await scim.get('/Groups'), 1);
    for (const value of [[{}], [{ display: 'nobody' }], [{ value: 7 }], [[known]]]) {
      const answer = await scim.patch(`/Groups/${id}`, [{ op: 'add', path: 'members', value }]);
      expect(answer.status, JSON.stringify(value)).to.be.oneOf(JSON.stringify(value) === '[{}]' ? [204] : [400]);
    }
    expect(await members(id)).to.deep.equal([]);
  });

  it('case-G21 passes over people deleted over SCIM, and removed groups', async () => {
    const [gone = '', here = ''] = await people(2);
    const { id: goneGroup } = await group();
    expectEmpty(await scim.delete(`/Users/${gone}`), 204);
    expectEmpty(await scim.delete(`/Groups/${goneGroup}`), 204);
    const { id } = await group([gone, goneGroup]);
    expect(await members(id)).to.deep.equal([]);
    await patch(id, { op: 'add', path: 'members', value: named([gone, here, goneGroup]) });
    expect(await members(id)).to.deep.equal([here]);
    await unchanged(id, () => patch(id, { op: 'add', path: 'members', value: named([gone]) }));
  });

  it('case-G22 deletes a group and keeps its people', async () => {
    const ids = await people(2);
    const { id, displayName } = await group(ids);
    const other = await group(ids);
    expectEmpty(await scim.delete(`/Groups/${id}`), 204);
    for (const answer of [
      await scim.get(`/Groups/${id}`),
      await scim.put(`/Groups/${id}`, aGroup()),
      await scim.patch(`/Groups/${id}`, [{ op: 'remove', path: 'members' }]),
      await scim.delete(`/Groups/${id}`),
    ])
      expectError(answer, 404);
    expect(await scim.storedGroup(id)).to.equal(null);
    for (const person of ids)
      expect(expectBody(await scim.get(`/Users/${person}`), 200).groups.map(({ value }: Body) => value)).to.deep.equal([
        other.id,
      ]);
    const again = await group([], { displayName });
    expect(again.id).not.to.equal(id);
    expect(idsOf(expectList(await scim.get('/Groups'), 2))).to.deep.equal([other.id, again.id]);
  });

  it('case-G23 takes a deleted person out of every group', async () => {
    const [gone = '', here = ''] = await people(2);
    const one = await group([gone, here]);
    const two = await group([gone]);
    scim.advance(1000);
    expectEmpty(await scim.delete(`/Users/${gone}`), 204);
    expect(await members(one.id)).to.deep.equal([here]);
    expect(await members(two.id)).to.deep.equal([]);
    for (const { id, meta } of [one, two]) {
      const shown = expectBody(await scim.get(`/Groups/${id}`), 200).meta;
      expect(shown.version).to.equal('W/"2"');
      expect(shown.lastModified > meta.lastModified).to.equal(true);
    }
  });

  it('case-G24 accepts groups in groups', async () => {
    const [one = ''] = await people(1);
    const inner = await group([one]);
    const { id } = await group();
    await patch(id, { op: 'add', path: 'members', value: [{ value: inner.id, type: 'Group' }] });
    expect(expectBody(await scim.get(`/Groups/${id}`), 200).members).to.deep.equal([
      { value: inner.id, $ref: `${scim.root}/Groups/${inner.id}`, display: inner.displayName, type: 'Group' },
    ]);
    const { groups } = expectBody(await scim.get(`/Users/${one}`), 200);
    expect(groups.map(({ value, type }: Body) => [value, type])).to.deep.equal([
      [inner.id, 'direct'],
      [id, 'indirect'],
    ]);
  });

  it('case-G25 takes adding and removing in the order in which they stand', async () => {
    const [one = '', two = ''] = await people(2);
    const { id } = await group([one]);
    const add = (value: string) => ({ op: 'Add', path: 'members', value: [{ value }] });
    const remove = (value: string) => ({ op: 'Remove', path: 'members', value: [{ value }] });
    await patch(id, add(two), remove(one));
    expect(await members(id)).to.deep.equal([two]);
    await patch(id, add(one), remove(one));
    expect(await members(id)).to.deep.equal([two]);
    await patch(id, remove(two), add(two), add(one));
    expect(await members(id)).to.deep.equal([one, two].sort());
    await patch(id, { op: 'replace', path: 'members', value: [] }, add(one), remove(two));
    expect(await members(id)).to.deep.equal([one]);
    await patch(id, add(two), { op: 'remove', path: 'members' });
    expect(await members(id)).to.deep.equal([]);
  });

  it('case-G26 adds hundreds in one piece', async () => {
    const ids = await people(300);
    const { id } = await group();
    await patch(id, { op: 'add', path: 'members', value: named(ids) });
    expect(await members(id)).to.deep.equal([...ids].sort());
    expect(await scim.storedGroup(id)).to.have.property('version', 2);
  });

  it('case-G27 answers a change without the members, and leaves them out of any answer that is asked to', async () => {
    const ids = await people(2);
    const { id } = await group(ids);
    const rename = [{ op: 'replace', value: { id, displayName: 'Renamed' } }];
    expectEmpty(await scim.patch(`/Groups/${id}`, rename), 204);
    const asked = expectBody(await scim.patch(`/Groups/${id}?attributes=displayName`, rename), 200);
    expect(asked).to.deep.equal({ schemas: [G], id, displayName: 'Renamed' });
    const put = aGroup({ displayName: 'Renamed', members: named(ids) });
    const short = expectBody(await scim.put(`/Groups/${id}?excludedAttributes=members`, put), 200);
    expect(short).to.include({ displayName: 'Renamed' }).and.not.to.have.any.keys('members');
    expect(await members(id)).to.deep.equal([...ids].sort());
  });

  it('case-G28 serves OneLogin’s round: list, create, patch, list', async () => {
    expectList(await scim.get('/Groups'), 0);
    const { id } = await group();
    const ids = await people(1);
    await patch(id, { op: 'add', path: 'members', value: named(ids) });
    const [shown] = expectList(await scim.get('/Groups'), 1);
    expect(shown.members.map(({ value }: Body) => value)).to.deep.equal(ids);
  });

  it('case-Q08 finds a group by its name in any case, and leaves its members alone', async () => {
    const { id } = await group(await people(2), { displayName: 'Team' });
    await group();
    for (const name of ['Team', 'TEAM', 'team']) {
      const path = `/Groups?excludedAttributes=members&filter=${encodeURIComponent(`displayName eq "${name}"`)}`;
      const [found] = await withoutReadingMembers(scim, async () => expectList(await scim.get(path), 1));
      expect(found).to.include({ id, displayName: 'Team' }).and.not.to.have.any.keys('members');
    }
    expectList(await scim.get(`/Groups?filter=${encodeURIComponent('displayName eq "None"')}`), 0);
  });

  it('case-Q23 shows every group exactly once, page after page', async () => {
    const made: string[] = [];
    for (let count = 0; count < 23; count++) made.push((await group()).id);
    const seen: string[] = [];
    for (let startIndex = 1; startIndex <= 23; startIndex += 5) {
      const answer = await scim.get(`/Groups?startIndex=${startIndex}&count=5&excludedAttributes=members`);
      seen.push(...idsOf(expectList(answer, 23)));
      expect(answer.body.startIndex).to.equal(startIndex);
    }
    expect(seen).to.deep.equal(made);
  });

  it('case-C06 describes groups in discovery', async () => {
    const type = expectBody(await scim.get('/ResourceTypes/Group'), 200);
    expect(type).to.include({ id: 'Group', name: 'Group', endpoint: '/Groups', schema: G });
    expect(type.schemaExtensions).to.deep.equal([]);
    expect(expectList(await scim.get('/ResourceTypes')).map(({ name }) => name)).to.include.members(['User', 'Group']);
    const schema = expectBody(await scim.get(`/Schemas/${G}`), 200);
    const byName = new Map<string, Body>(schema.attributes.map((attribute: Body) => [attribute.name, attribute]));
    expect([...byName.keys()]).to.deep.equal(['displayName', 'members']);
    expect(byName.get('displayName')).to.include({ required: true, caseExact: false, uniqueness: 'server' });
    expect(byName.get('members').subAttributes.map(({ name }: Body) => name)).to.have.members([
      'value',
      'display',
      '$ref',
      'type',
    ]);
  });
});

/** Fails when members of a whole group are read meanwhile. */
async function withoutReadingMembers<T>({ deps }: ScimServer, work: () => Promise<T>): Promise<T> {
  const { resources } = deps.stores;
  const { members } = resources;
  let reads = 0;
  Object.assign(resources, {
    members: (...asked: Parameters<typeof members>) => {
      reads += 1;
      return members(...asked);
    },
  });
  try {
    return await work();
  } finally {
    Object.assign(resources, { members });
    expect(reads).to.equal(0);
  }
}

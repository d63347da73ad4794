import { expect } from 'chai';
import { describeOnBothStores } from './both-stores.ts';
import { aGroup, expectBody, expectEmpty, expectError, expectList, G } from './expectations.ts';
import { groupCalls, named } from './group-calls.ts';
import { type ScimServer, startScim } from './server.ts';

describeOnBothStores('SCIM facts of RFC 7643 and RFC 7644, on groups', (on) => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim(on);
  });
  afterEach(() => scim.stop());

  const { people, group, patch, members, unchanged } = groupCalls(() => scim);

  it('fact-17 demands a name', async () => {
    const { id } = await group();
    for (const displayName of [undefined, null, '', '   ', []]) {
      expectError(await scim.post('/Groups', { ...aGroup(), displayName }), 400, 'invalidValue');
      const put = () => scim.put(`/Groups/${id}`, { ...aGroup(), displayName });
      expectError(await unchanged(id, put), 400, 'invalidValue');
    }
    for (const [operation, scimType] of [
      [{ op: 'replace', path: 'displayName', value: '' }, 'invalidValue'],
      [{ op: 'replace', value: { displayName: '' } }, 'invalidValue'],
      [{ op: 'remove', path: 'displayName' }, 'mutability'],
    ] as const)
      expectError(await unchanged(id, () => scim.patch(`/Groups/${id}`, [operation])), 400, scimType);
    expectList(await scim.get('/Groups'), 1);
  });

  it('fact-17 never changes a member, but adds and removes them', async () => {
    const [one = ''] = await people(1);
    const { id } = await group([one]);
    for (const operation of [
      { op: 'replace', path: `members[value eq "${one}"].display`, value: 'x' },
      { op: 'replace', path: `members[value eq "${one}"].value`, value: 'x' },
      { op: 'replace', path: 'members.display', value: 'x' },
      { op: 'replace', path: `members[value eq "${one}"]`, value: { display: 'x' } },
      { op: 'remove', path: `members[value eq "${one}"].display` },
    ])
      expectError(await unchanged(id, () => scim.patch(`/Groups/${id}`, [operation])), 400, 'mutability');
  });

  it('fact-47 never creates by PUT', async () => {
    expectError(await scim.put('/Groups/unknown', aGroup()), 404);
    expectList(await scim.get('/Groups'), 0);
    const { id } = await group();
    const renamed = { ...aGroup(), id: 'another' };
    expectError(await unchanged(id, () => scim.put(`/Groups/${id}`, renamed)), 400, 'mutability');
  });

  it('fact-48 takes all operations of a PATCH or none', async () => {
    const [one = '', two = ''] = await people(2);
    const { id } = await group([one]);
    const good = [
      { op: 'replace', path: 'displayName', value: 'half' },
      { op: 'add', path: 'members', value: named([two]) },
      { op: 'remove', path: `members[value eq "${one}"]` },
    ];
    for (const bad of [
      { op: 'add', path: 'members', value: 'never-existed' },
      { op: 'replace', path: 'nothing', value: 'x' },
      { op: 'replace', path: 'displayName', value: null },
      { op: 'move', path: 'members' },
    ])
      for (const operations of [
        [...good, bad],
        [bad, ...good],
      ])
        expectError(
          await unchanged(id, () => scim.patch(`/Groups/${id}`, operations)),
          400,
          (await scim.patch(`/Groups/${id}`, operations)).body.scimType,
        );
  });

  it('fact-51 changes neither time nor version by what is there already', async () => {
    const ids = await people(2);
    const { id, displayName } = await group(ids);
    const { meta } = expectBody(await scim.get(`/Groups/${id}`), 200);
    scim.advance(60_000);
    await patch(id, { op: 'add', path: 'members', value: named(ids) }, { op: 'replace', value: { displayName } });
    await patch(id);
    expect(expectBody(await scim.get(`/Groups/${id}`), 200).meta).to.deep.equal(meta);
  });

  it('fact-52 demands a path to remove, and forgives a member who is not there', async () => {
    const { id } = await group(await people(1));
    expectError(await scim.patch(`/Groups/${id}`, [{ op: 'remove', value: { members: [] } }]), 400, 'noTarget');
    await unchanged(id, () => patch(id, { op: 'remove', path: 'members[value eq "nobody"]' }));
    await unchanged(id, () => patch(id, { op: 'remove', path: 'members', value: [] }));
  });

  it('fact-53 sets by replace what was not there', async () => {
    const { id } = await group();
    await patch(id, { op: 'replace', path: 'externalId', value: 'x-1' });
    expect(await scim.storedGroup(id)).to.have.property('externalId', 'x-1');
    await patch(id, { op: 'remove', path: 'externalId' });
    expect(await scim.storedGroup(id)).to.have.property('externalId', null);
  });

  it('fact-54 refuses a path no group has, and takes names qualified by the schema', async () => {
    const { id } = await group();
    for (const path of ['userName', 'members[', 'displayName.x'])
      expect((await scim.patch(`/Groups/${id}`, [{ op: 'replace', path, value: 'x' }])).status, path).to.equal(400);
    await patch(id, { op: 'replace', path: `${G}:displayName`, value: 'qualified' });
    await patch(id, { op: 'replace', value: { [`${G}:externalId`]: 'q' } });
    expect(await scim.storedGroup(id)).to.deep.include({ attributes: { displayName: 'qualified' }, externalId: 'q' });
  });

  it('fact-56 gives a group an entity tag that members change too', async () => {
    const [one = ''] = await people(1);
    const { id, meta } = await group();
    const path = `/Groups/${id}`;
    expectEmpty(await scim.get(path, { 'if-none-match': meta.version }), 304);
    await patch(id, { op: 'add', path: 'members', value: one });
    const answer = await scim.get(path, { 'if-none-match': meta.version });
    expect(expectBody(answer, 200).meta.version).to.equal('W/"2"').and.to.equal(answer.headers.etag);
    const stale = { 'if-match': meta.version };
    for (const late of [
      () => scim.put(path, aGroup(), stale),
      () => scim.patch(path, [{ op: 'remove', path: 'members' }], stale),
      () => scim.delete(path, stale),
    ])
      expectError(await unchanged(id, late), 412);
    const put = await scim.put(path, aGroup(), { 'if-match': 'W/"2"' });
    expect(expectBody(put, 200).meta.version).to.equal('W/"3"');
    expectEmpty(await scim.delete(path, { 'if-match': '"1", W/"3"' }), 204);
  });

  it('keeps what an unknown extension says, for the client that sent it', async () => {
    const urn = 'urn:example:params:scim:schemas:Team';
    const { id } = await group([], { [urn]: { cost: 7 } });
    const shown = expectBody(await scim.get(`/Groups/${id}`), 200);
    expect(shown).to.deep.include({ schemas: [G, urn], [urn]: { cost: 7 } });
    await patch(id, { op: 'replace', path: 'displayName', value: 'still' });
    expect(expectBody(await scim.get(`/Groups/${id}`), 200)[urn]).to.deep.equal({ cost: 7 });
  });

  it('takes more members than an attribute of a person may have values', async () => {
    const ids = await people(12);
    const listed = Array.from({ length: 3000 }, (_, at) => ({ value: ids[at % 12], display: `d${at % 12}` }));
    const { id } = await group();
    expectBody(await scim.put(`/Groups/${id}`, aGroup({ members: listed })), 200);
    expect(await members(id)).to.deep.equal([...ids].sort());
  });

  it('lets groups be read and not written while SCIM is off', async () => {
    const { id } = await group(await people(1));
    await scim.change({ scim: { enabled: false } });
    expect(await members(id)).to.have.length(1);
    expectList(await scim.get('/Groups'), 1);
    for (const write of [
      () => scim.post('/Groups', aGroup()),
      () => scim.put(`/Groups/${id}`, aGroup()),
      () => scim.patch(`/Groups/${id}`, [{ op: 'remove', path: 'members' }]),
      () => scim.delete(`/Groups/${id}`),
    ])
      expectError(await unchanged(id, write), 403);
    expectList(await scim.get('/Groups'), 1);
  });
});

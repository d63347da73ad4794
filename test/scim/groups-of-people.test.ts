import { expect } from 'chai';
import { describeOnBothStores } from './both-stores.ts';
import type { Body } from './client.ts';
import { aGroup, expectBody, expectEmpty, expectError, expectList, U } from './expectations.ts';
import { groupCalls, named } from './group-calls.ts';
import { type ScimServer, startScim } from './server.ts';

describeOnBothStores('SCIM groups of people (RFC 7643 §4.1.2)', (on) => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim(on);
  });
  afterEach(() => scim.stop());

  const { people, person, group, patch } = groupCalls(() => scim);
  const groupsOf = async (id: string): Promise<readonly (readonly string[])[]> => {
    const { groups = [] } = expectBody(await scim.get(`/Users/${id}`), 200);
    return groups.map(({ value, type }: Body) => [value, type]);
  };
  const nest = (outer: string, inner: string) => patch(outer, { op: 'add', path: 'members', value: named([inner]) });

  it('fact-15 shows direct groups first, then those above them, each once', async () => {
    const { id } = await person();
    const [a, b, c, d] = [await group([id]), await group([id]), await group(), await group()];
    await nest(c.id, a.id);
    await nest(c.id, b.id);
    await nest(d.id, c.id);
    await nest(d.id, a.id);
    const expected = [
      [a.id, 'direct'],
      [b.id, 'direct'],
      [c.id, 'indirect'],
      [d.id, 'indirect'],
    ];
    expect(await groupsOf(id)).to.have.deep.members(expected);
    expect((await groupsOf(id)).slice(0, 2)).to.deep.equal(expected.slice(0, 2));
    await nest(d.id, id);
    expect((await groupsOf(id)).find(([value]) => value === d.id)).to.deep.equal([d.id, 'direct']);
  });

  it('follows circles once, and a group in itself', async () => {
    const { id } = await person();
    const [a, b] = [await group([id]), await group()];
    await nest(b.id, a.id);
    await nest(a.id, b.id);
    await nest(a.id, a.id);
    expect(await groupsOf(id)).to.deep.equal([
      [a.id, 'direct'],
      [b.id, 'indirect'],
    ]);
    const inside = encodeURIComponent(`groups.value eq "${b.id}"`);
    expectList(await scim.get(`/Users?filter=${inside}`), 1);
    expectEmpty(await scim.delete(`/Groups/${a.id}`), 204);
    expect(await groupsOf(id)).to.deep.equal([]);
  });

  it('shows them in every answer that shows a person', async () => {
    const { id, userName } = await person({ externalId: 'x' });
    const { id: groupId } = await group([id]);
    const put = { schemas: [U], userName, title: 'A' };
    const retitle = [{ op: 'replace', path: 'title', value: 'B' }];
    for (const shown of [
      expectBody(await scim.get(`/Users/${id}`), 200),
      expectBody(await scim.put(`/Users/${id}`, put), 200),
      expectBody(await scim.patch(`/Users/${id}`, retitle), 200),
      expectBody(await scim.get(`/Users/${id}?attributes=groups`), 200),
      expectBody(await scim.get(`/Users/${id}?excludedAttributes=title`), 200),
      expectList(await scim.filter('externalId eq "x"'), 1)[0],
    ])
      expect(shown.groups.map(({ value }: Body) => value)).to.deep.equal([groupId]);
    const values = expectBody(await scim.get(`/Users/${id}?attributes=groups.value`), 200);
    expect(values).to.deep.equal({ schemas: [U], id, groups: [{ value: groupId }] });
  });

  it('does not look them up when they are not shown, and asks once a level for a whole list', async () => {
    const ids = await people(5);
    const inner = await group(ids);
    const outer = await group();
    await nest(outer.id, inner.id);
    const { resources } = scim.deps.stores;
    const { groupsOf: ask } = resources;
    let asked = 0;
    Object.assign(resources, {
      groupsOf: (...facts: Parameters<typeof ask>) => {
        asked += 1;
        return ask(...facts);
      },
    });
    for (const query of ['excludedAttributes=groups', 'attributes=userName,emails']) {
      for (const shown of expectList(await scim.get(`/Users?${query}`), 5))
        expect(shown).not.to.have.any.keys('groups');
      expectBody(await scim.get(`/Users/${ids[0]}?${query}`), 200);
    }
    expect(asked).to.equal(0);
    for (const shown of expectList(await scim.get('/Users'), 5)) expect(shown.groups).to.have.length(2);
    expect(asked).to.equal(3);
  });

  it('are those of the connection that asks; who is deleted over one leaves those of all', async () => {
    const { id, userName } = await person();
    const other = await scim.addConnection('Entra');
    const release = async () => {
      const user = await scim.stored(id);
      const released = { ...user, scim: { ...user.scim, connectionId: null }, version: user.version + 1 };
      await scim.deps.stores.users.save({ user: released, events: [] });
    };
    await release();
    const mine = await group([id]);
    const theirs = expectBody(await other.post('/Groups', aGroup({ members: named([id]) })), 201);
    expect(await groupsOf(id)).to.deep.equal([[mine.id, 'direct']]);
    const shown = expectBody(await other.get(`/Users/${id}`), 200);
    expect(shown.groups.map(({ value }: Body) => value)).to.deep.equal([theirs.id]);

    expectBody(await scim.put(`/Users/${id}`, { schemas: [U], userName }), 200);
    const add = [{ op: 'add', path: 'members', value: named([id]) }];
    expectError(await other.post('/Groups', aGroup({ members: named([id]) })), 400, 'invalidValue');
    expect(expectBody(await other.get(`/Groups/${theirs.id}`), 200)).not.to.have.any.keys('members');
    await release();
    expect(expectBody(await other.get(`/Groups/${theirs.id}`), 200).members).to.have.length(1);

    expectEmpty(await scim.delete(`/Users/${id}`), 204);
    for (const [tenant, groupId] of [
      [scim, mine.id],
      [other, theirs.id],
    ] as const) {
      expect(await tenant.storedGroup(groupId)).to.deep.include({ members: [], version: 2 });
      expectEmpty(await tenant.patch(`/Groups/${groupId}`, add), 204);
      expect(await tenant.storedGroup(groupId)).to.deep.include({ members: [], version: 2 });
    }
  });

  it('fact-56 gives a person another tag when their groups change, and the version still matches', async () => {
    const { id } = await person();
    const tagOf = async (path = `/Users/${id}`) => {
      const answer = await scim.get(path);
      const { meta } = expectBody(answer, 200);
      expect(meta.version).to.equal(answer.headers.etag);
      const head = await scim.send({ method: 'HEAD', path });
      expect(head.headers.etag).to.equal(answer.headers.etag);
      return String(answer.headers.etag);
    };
    const alone = await tagOf();
    expect(alone).to.equal('W/"1"');
    const { id: groupId } = await group([id]);
    const inside = await tagOf();
    expect(inside).to.match(/^W\/"1\.[\w-]{12}"$/);
    expect(expectList(await scim.get('/Users'), 1)[0].meta.version).to.equal(inside);
    expect(await tagOf(`/Users/${id}?excludedAttributes=groups`)).to.equal(alone);
    expectBody(await scim.get(`/Users/${id}`, { 'if-none-match': alone }), 200);
    const unchanged = await scim.get(`/Users/${id}`, { 'if-none-match': `"other", ${inside}` });
    expectEmpty(unchanged, 304);
    expect(unchanged.headers.etag).to.equal(inside);

    await patch(groupId, { op: 'replace', path: 'displayName', value: 'renamed' });
    const renamed = await tagOf();
    expect(renamed)
      .to.match(/^W\/"1\./)
      .and.not.to.equal(inside);
    const retitle = (title: string, tag: string) =>
      scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: title }], { 'if-match': tag });
    expectBody(await retitle('by a digest of before', inside), 200);
    expectBody(await retitle('by the tag of now', await tagOf()), 200);
    expectBody(await retitle('by the bare version', '"3"'), 200);
    expect((await retitle('late', inside)).status).to.equal(412);
    expectEmpty(await scim.delete(`/Groups/${groupId}`), 204);
    expect(await tagOf()).to.equal('W/"4"');
  });
});

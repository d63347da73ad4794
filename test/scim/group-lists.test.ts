import { expect } from 'chai';
import { describeOnBothStores } from './both-stores.ts';
import type { Body } from './client.ts';
import { expectBody, expectEmpty, expectError, expectList, idsOf } from './expectations.ts';
import { groupCalls } from './group-calls.ts';
import { type ScimServer, startScim } from './server.ts';

describeOnBothStores('SCIM lists of groups', (on) => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim({ ...on, scanLimit: 12 });
  });
  afterEach(() => scim.stop());

  const { people, group } = groupCalls(() => scim);
  const namesOf = (groups: readonly Body[]) => groups.map(({ displayName }) => displayName);
  const list = (query: Record<string, string>) => scim.get(`/Groups?${new URLSearchParams(query)}`);

  const QUERIES: readonly (readonly [string, Record<string, string>])[] = [
    ['as they were created', {}],
    ['by name', { sortBy: 'displayName' }],
    ['by name, backwards', { sortBy: 'displayName', sortOrder: 'descending' }],
    ['by a filter of the index', { filter: 'displayName sw "t"' }],
    ['by a filter that looks at each', { filter: 'displayName ew "x"' }],
  ];

  for (const [title, query] of QUERIES)
    it(`shows everybody once by cursor, though some leave: ${title}`, async () => {
      const names = ['t5x', 'T3x', 't4x', 't1x', 't2x', 't0x', 't9x'];
      for (const displayName of names) await group([], { displayName });
      const all = namesOf(expectList(await list(query)));
      expect(all).to.have.length(7);
      const seen: string[] = [];
      let cursor = '';
      do {
        const page = expectBody(await list({ ...query, cursor, count: '2' }), 200);
        expect(page.totalResults).to.equal(7 - seen.length / 2);
        seen.push(...namesOf(page.Resources));
        // Whoever was shown last leaves; nobody after them may be passed over.
        if (page.nextCursor) expectEmpty(await scim.delete(`/Groups/${page.Resources[1].id}`), 204);
        cursor = page.nextCursor;
      } while (cursor);
      expect(seen).to.deep.equal(all);
    });

  it('sorts without regard to case, and those without a value last, or first backwards', async () => {
    const a = await group([], { displayName: 'beta', externalId: 'z' });
    const b = await group([], { displayName: 'Alpha' });
    const c = await group([], { displayName: 'gamma', externalId: 'Y' });
    const sorted = async (sortBy: string, sortOrder = 'ascending') =>
      idsOf(expectList(await list({ sortBy, sortOrder }), 3));
    expect(await sorted('displayName')).to.deep.equal([b.id, a.id, c.id]);
    expect(await sorted('DISPLAYNAME', 'descending')).to.deep.equal([c.id, a.id, b.id]);
    expect(await sorted('externalId')).to.deep.equal([c.id, a.id, b.id]);
    expect(await sorted('externalId', 'descending')).to.deep.equal([b.id, a.id, c.id]);
    expect(await sorted('nothing')).to.deep.equal([a.id, b.id, c.id]);
    expect(await sorted('members.value')).to.deep.equal([a.id, b.id, c.id]);
  });

  it('refuses to look at more than the limit, and not what an index answers', async () => {
    for (let made = 0; made < 13; made++) await group([], { displayName: `many ${made}` });
    expectError(await list({ filter: 'members pr' }), 400, 'tooMany');
    expectError(await list({ sortBy: 'displayName' }), 400, 'tooMany');
    expectList(await list({ filter: 'displayName eq "many 2"' }), 1);
    expectList(await list({ filter: 'displayName sw "many 1" and displayName ew "2"' }), 1);
    expectList(await list({}), 13);
    expectError(await list({ cursor: 'forged' }), 400, 'invalidCursor');
  });

  it('refuses to look up the people of a group that has more than the limit', async () => {
    const ids = await people(13);
    const { id } = await group(ids);
    const few = await group(ids.slice(0, 3));
    const ask = (groupId: string) => scim.filter(`groups.value eq "${groupId}"`);
    expectError(await ask(id), 400, 'tooMany');
    expectList(await ask(few.id), 3);
  });

  it('searches by POST as by GET, and at the root among people too', async () => {
    const [one = ''] = await people(1);
    const a = await group([one], { displayName: 'Alpha', externalId: 'x-1' });
    await group([], { displayName: 'Beta' });
    const search = { filter: 'displayName eq "alpha"', excludedAttributes: ['members'] };
    const [found] = expectList(await scim.post('/Groups/.search', search), 1);
    expect(found).to.include({ id: a.id }).and.not.to.have.any.keys('members');
    const rooted = async (filter: string) => idsOf(expectList(await scim.post('/.search', { filter })));
    expect(await rooted('displayName eq "alpha"')).to.deep.equal([a.id]);
    expect(await rooted(`members.value eq "${one}" or id eq "${one}"`)).to.deep.equal([one, a.id]);
    expect(await rooted('meta.resourceType eq "Group" and externalId pr')).to.deep.equal([a.id]);
    expect(await rooted(`groups.value eq "${a.id}"`)).to.deep.equal([one]);
    const [person, first, second] = expectList(await scim.post('/.search', {}), 3);
    expect([person.id, first.id, second.displayName]).to.deep.equal([one, a.id, 'Beta']);
    expect(first.members).to.have.length(1);
    expect(person.groups).to.have.length(1);
  });
});

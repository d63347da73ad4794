import { expect } from 'chai';
import { GROUP, SEARCH_REQUEST } from '../../scim/schema/urns.ts';
import { describeOnBothStores } from './both-stores.ts';
import type { Body } from './client.ts';
import { aPerson, expectBody, expectError, expectList, idsOf, U } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

describeOnBothStores('SCIM searching by POST and at the root', (on) => {
  let scim: ScimServer;
  let people: readonly Body[];
  beforeEach(async () => {
    scim = await startScim(on);
    const made: Body[] = [];
    for (const userName of ['c', 'a', 'b'])
      made.push(
        expectBody(await scim.post('/Users', aPerson({ userName, title: 'T', emails: [{ value: userName }] })), 201),
      );
    people = made;
  });
  afterEach(() => scim.stop());

  const search = (body: object, path = '/Users/.search') => scim.post(path, { schemas: [SEARCH_REQUEST], ...body });

  it('case-Q18 answers a search as the GET of the same parameters', async () => {
    const filter = 'userName pr and emails.value ne "a"';
    const answer = await search({ filter, startIndex: 2, count: 1 });
    const [found] = expectList(answer, 2);
    expect(found).to.deep.equal(people[2]);
    expect(answer.body).to.deep.equal((await scim.filter(filter, '&startIndex=2&count=1')).body);
    expect(answer.body.startIndex).to.equal(2);
  });

  it('fact-46 mirrors every parameter, whatever the case of the names', async () => {
    const body = {
      Attributes: ['userName', 'emails.value'],
      SORTBY: 'userName',
      sortorder: 'descending',
      StartIndex: 1,
      Count: 2,
    };
    const query = 'attributes=userName,emails.value&sortBy=userName&sortOrder=descending&startIndex=1&count=2';
    for (const path of ['/Users', '/']) {
      const answer = await search(body, path === '/' ? '/.search' : '/Users/.search');
      expect(expectList(answer, 3).map(({ userName }) => userName)).to.deep.equal(['c', 'b']);
      expect(answer.body.Resources[0]).to.have.all.keys('schemas', 'id', 'userName', 'emails');
      expect(answer.body).to.deep.equal((await scim.get(`${path}?${query}`)).body);
    }
    const hidden = expectList(await search({ excludedAttributes: ['emails', 'meta'] }), 3);
    expect(hidden[0]).to.have.all.keys('schemas', 'id', 'userName', 'title', 'active');
  });

  it('fact-46 takes null for absent, one name for a list, and ignores the rest', async () => {
    expectList(await search({ filter: null, count: null, sortBy: null, cursor: null, foo: { bar: 1 } }), 3);
    expect(expectList(await search({ attributes: 'userName' }), 3)[0]).to.have.all.keys('schemas', 'id', 'userName');
    expectList(await search({ attributes: [], startIndex: '2', count: '1' }), 3);
    expectList(await scim.post('/Users/.search', {}), 3);
  });

  it('fact-46 refuses members of the wrong type, and members given twice', async () => {
    for (const body of [
      { filter: 7 },
      { attributes: [7] },
      { attributes: { a: 1 } },
      { count: 'ten' },
      { count: 1.5 },
      { startIndex: [1] },
      { sortBy: ['userName'] },
      { sortOrder: 'down' },
      { attributes: ['userName'], excludedAttributes: ['name'] },
    ])
      expectError(await search(body), 400, 'invalidValue');
    expectError(await search({ filter: 'userName eq' }), 400, 'invalidFilter');
    expectError(await search({ count: 1, COUNT: 2 }), 400, 'invalidSyntax');
    expectError(await scim.post('/Users/.search', []), 400, 'invalidSyntax');
  });

  it('fact-46 wants the schema of a SearchRequest in strict only', async () => {
    const strict = await startScim({ principal: { dialect: 'strict' } });
    expectError(await strict.post('/Users/.search', { count: 1 }), 400, 'invalidSyntax');
    expectError(await strict.post('/.search', { schemas: [U] }), 400, 'invalidSyntax');
    expectList(await strict.post('/Users/.search', { schemas: [SEARCH_REQUEST], count: 1 }), 0);
    await strict.stop();
  });

  it('fact-31 asks all types at the root', async () => {
    const all = expectList(await scim.get('/'), 3);
    expect(all).to.deep.equal(people);
    const [found] = expectList(await scim.get(`/?filter=${encodeURIComponent('userName eq "A"')}`), 1);
    expect(found).to.deep.equal(people[1]);
    expect(idsOf(expectList(await search({ filter: 'title co "t"', startIndex: 3 }, '/.search'), 3))).to.deep.equal([
      people[2].id,
    ]);
    expectList(await search({ filter: 'meta.resourceType eq "User" and title eq "T"' }, '/.search'), 3);
    expectList(await search({ filter: 'meta.resourceType eq "Group"' }, '/.search'), 0);
    expectList(await search({ filter: `schemas eq "${U}"` }, '/.search'), 3);
  });

  it('fact-31 refuses a name that no type knows', async () => {
    expectError(await scim.get('/?filter=nonsense%20pr'), 400, 'invalidFilter');
  });

  describe('over people and groups', () => {
    let all: readonly Body[];
    beforeEach(async () => {
      const groups: Body[] = [];
      for (const displayName of ['Y', 'x', 'Z']) {
        const group = { schemas: [GROUP], displayName, members: [{ value: people[0].id }] };
        groups.push(expectBody(await scim.post('/Groups', group), 201));
      }
      all = [...people, ...groups];
    });

    const walk = async (more: object, between?: (shown: readonly Body[]) => Promise<unknown>) => {
      const seen: Body[] = [];
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const body: Body = expectBody(await search({ cursor, ...more }, '/.search'), 200);
        seen.push(...body.Resources);
        cursor = body.nextCursor;
        await between?.(body.Resources);
      }
      return seen;
    };

    it('fact-31 pages through all people, then all groups, whatever the page', async () => {
      for (const count of [1, 2, 3, 4, 5, 6, 7]) {
        expect(idsOf(await walk({ count })), `by cursor, pages of ${count}`).to.deep.equal(idsOf(all));
        const seen: string[] = [];
        for (let startIndex = 1; startIndex <= all.length; startIndex += count) {
          const answer = await scim.get(`/?startIndex=${startIndex}&count=${count}`);
          seen.push(...idsOf(expectList(answer, 6)));
        }
        expect(seen, `by index, pages of ${count}`).to.deep.equal(idsOf(all));
      }
      expectList(await scim.get('/?startIndex=7'), 6);
      expect(expectList(await scim.get('/?count=0'), 6)).to.deep.equal([]);
    });

    it('fact-31 skips nothing when the last one shown is deleted', async () => {
      const seen = await walk({ count: 1 }, async ([shown]) => {
        const { resourceType } = shown?.meta ?? {};
        await scim.delete(`/${resourceType}s/${shown?.id}`);
      });
      expect(idsOf(seen)).to.deep.equal(idsOf(all));
      expectList(await scim.get('/'), 0);
    });

    it('fact-31 lets an attribute of one type have no value in the other', async () => {
      const found = async (filter: string) => idsOf(expectList(await search({ filter }, '/.search')));
      const [c, a, b, y, x, z] = idsOf(all);
      expect(await found('userName eq "A" or displayName eq "X"')).to.deep.equal([a, x]);
      expect(await found('members pr')).to.deep.equal([y, x, z]);
      expect(await found('not (members pr)')).to.deep.equal([c, a, b]);
      expect(await found('userName ne "a"')).to.deep.equal([c, b, y, x, z]);
      expect(await found('userName eq null and displayName ne "Y"')).to.deep.equal([x, z]);
      expect(await found(`${GROUP}:displayName pr`)).to.deep.equal([y, x, z]);
      expect(await found(`${U}:displayName pr`)).to.deep.equal([]);
      expect(await found('meta.resourceType eq "Group"')).to.deep.equal([y, x, z]);
      expect(await found(`schemas eq "${GROUP}" and meta.resourceType ne "User"`)).to.deep.equal([y, x, z]);
      expect(await found(`emails[value eq "b"] or id eq "${z}"`)).to.deep.equal([b, z]);
    });

    it('fact-31 orders each type by itself, one after the other', async () => {
      const [c, a, b, y, x, z] = idsOf(all);
      expect(idsOf(await walk({ count: 2, sortBy: 'userName' }))).to.deep.equal([a, b, c, y, x, z]);
      expect(idsOf(await walk({ count: 2, sortBy: 'displayName', sortOrder: 'descending' }))).to.deep.equal([
        ...[b, a, c],
        ...[z, y, x],
      ]);
    });

    it('fact-31 shows of each type what was asked for', async () => {
      const shown = expectList(await scim.get('/?attributes=displayName,userName,members.value'), 6);
      expect(shown[0]).to.have.all.keys('schemas', 'id', 'userName');
      expect(shown[3]).to.deep.equal({
        schemas: [GROUP],
        id: all[3].id,
        displayName: 'Y',
        members: [{ value: people[0].id }],
      });
    });
  });
});

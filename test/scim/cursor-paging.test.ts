import { expect } from 'chai';
import { describeOnBothStores } from './both-stores.ts';
import type { Answer, Body } from './client.ts';
import { aPerson, expectBody, expectError, idsOf } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const HOUR = 3_600_000;

describeOnBothStores('SCIM cursor paging (RFC 9865)', (on) => {
  let scim: ScimServer;
  let people: readonly Body[];
  beforeEach(async () => {
    scim = await startScim(on);
    people = await make(scim, 7);
  });
  afterEach(() => scim.stop());

  const page = (query: string) => scim.get(`/Users?${query}`);
  const first = async (query = 'count=3') => expectPage(await page(`cursor&${query}`));

  /** Every page of a list, from an empty cursor to the last. */
  async function walk(query: string, between?: (shown: readonly Body[], round: number) => Promise<unknown>) {
    const pages: Body[][] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const body: Body = expectPage(await page(`${query}&cursor=${cursor}`));
      pages.push(body.Resources);
      cursor = body.nextCursor;
      await between?.(body.Resources, pages.length);
    }
    return pages;
  }

  it('fact-60 starts with an empty cursor and goes on until there is no nextCursor', async () => {
    const pages = await walk('count=3');
    expect(pages.map(({ length }) => length)).to.deep.equal([3, 3, 1]);
    expect(pages.flat()).to.deep.equal(people);
    const body = await first();
    expect(body).to.have.all.keys('schemas', 'totalResults', 'itemsPerPage', 'nextCursor', 'Resources');
    expect(body).to.include({ totalResults: 7, itemsPerPage: 3 });
  });

  it('fact-60 ends with the page that a whole number of pages leaves full', async () => {
    expect((await walk('count=7')).map(({ length }) => length)).to.deep.equal([7]);
    expect((await walk('')).map(({ length }) => length)).to.deep.equal([7]);
    expect((await walk('filter=userName%20eq%20%22nobody%22')).map(({ length }) => length)).to.deep.equal([0]);
  });

  it('fact-60 gives cursors of unreserved characters that tell nothing', async () => {
    const { nextCursor } = await first('count=2&sortBy=userName');
    expect(nextCursor).to.match(/^[\w.~-]+$/);
    const bytes = nextCursor.split('.').map((part: string) => Buffer.from(part, 'base64url').toString('latin1'));
    expect(`${nextCursor} ${bytes}`).not.to.contain('person-');
  });

  it('fact-60 gives no cursor when only counting', async () => {
    expect(await first('count=0')).to.deep.include({ totalResults: 7, itemsPerPage: 0, Resources: [] });
    expect(await first('count=0')).not.to.have.property('nextCursor');
  });

  it('fact-60 skips nobody when the last one shown is deleted, and nobody comes twice while people come and change', async () => {
    for (const query of ['count=2', 'count=2&sortBy=displayName', 'count=2&sortBy=title&sortOrder=descending']) {
      const before = idsOf((await walk(query)).flat());
      const seen = (
        await walk(query, async (shown, round) => {
          const last = shown.at(-1);
          if (round > 2 || !last) return;
          expect((await scim.delete(`/Users/${last.id}`)).status).to.equal(204);
          await scim.patch(`/Users/${shown[0].id}`, [{ op: 'replace', path: 'nickName', value: `n${round}` }]);
          await scim.post('/Users', aPerson());
        })
      ).flat();
      expect(new Set(idsOf(seen)).size, query).to.equal(seen.length);
      expect(idsOf(seen), query).to.include.members(before);
    }
  });

  it('fact-60 takes a cursor with the list it was given out for, and with no other', async () => {
    const other = await scim.addTenant();
    await make(other, 5);
    const query = 'count=2&filter=userName%20pr&sortBy=userName&sortOrder=descending';
    const { nextCursor } = await first(query);
    expectPage(await page(`${query}&cursor=${nextCursor}`));
    expectPage(await page(`${query}&attributes=title&cursor=${nextCursor}`));
    for (const changed of [
      'count=2&sortBy=userName&sortOrder=descending',
      'count=2&filter=userName%20pr&sortBy=displayName&sortOrder=descending',
      'count=2&filter=userName%20pr&sortBy=userName',
      'count=2&filter=title%20pr&sortBy=userName&sortOrder=descending',
      'count=2',
    ])
      expectError(await page(`${changed}&cursor=${nextCursor}`), 400, 'invalidCursor');
    expectError(await scim.get(`/?${query}&cursor=${nextCursor}`), 400, 'invalidCursor');
    expectError(await other.get(`/Users?${query}&cursor=${nextCursor}`), 400, 'invalidCursor');
  });

  it('fact-60 refuses a cursor of another connection', async () => {
    const { nextCursor } = await first();
    const stranger = await startScim({ principal: { connectionId: 'another' } });
    expectError(await stranger.get(`/Users?count=3&cursor=${nextCursor}`), 400, 'invalidCursor');
    await stranger.stop();
  });

  it('fact-60 refuses what was forged', async () => {
    const { nextCursor } = await first();
    const end = nextCursor.at(-1) === 'A' ? 'B' : 'A';
    for (const forged of ['x', '7', nextCursor.slice(0, -1) + end, nextCursor.slice(1), `${nextCursor}A`, '__proto__'])
      expectError(await page(`count=3&cursor=${encodeURIComponent(forged)}`), 400, 'invalidCursor');
  });

  it('fact-60 refuses another count, but not one that is cut to the same page', async () => {
    const { nextCursor } = await first();
    for (const count of ['count=2', 'count=4', 'count=0', ''])
      expectError(await page(`${count}&cursor=${nextCursor}`), 400, 'invalidCount');
    const large = await startScim();
    await make(large, 201);
    const body = expectPage(await large.get('/Users?cursor=&count=500'));
    expect(body.itemsPerPage).to.equal(200);
    expect(expectPage(await large.get(`/Users?count=200&cursor=${body.nextCursor}`)).itemsPerPage).to.equal(1);
    await large.stop();
  }).timeout(20_000);

  it('fact-60 forgets a cursor after an hour', async () => {
    const { nextCursor } = await first();
    scim.advance(HOUR - 1);
    expectPage(await page(`count=3&cursor=${nextCursor}`));
    scim.advance(1);
    expectError(await page(`count=3&cursor=${nextCursor}`), 400, 'expiredCursor');
  });

  it('fact-60 takes a cursor or a startIndex, not both', async () => {
    const { nextCursor } = await first();
    for (const cursor of ['', nextCursor])
      expectError(await page(`count=3&startIndex=1&cursor=${cursor}`), 400, 'invalidValue');
  });

  it('fact-60 works in a search', async () => {
    const search = async (more: object) => expectPage(await scim.post('/Users/.search', { count: 4, ...more }));
    const one = await search({ cursor: '' });
    expect(one.Resources).to.deep.equal(people.slice(0, 4));
    const two = await search({ cursor: one.nextCursor });
    expect(two.Resources).to.deep.equal(people.slice(4));
    expect(two).not.to.have.property('nextCursor');
    // A search is the same list as the GET of the same endpoint.
    expect(expectPage(await page(`count=4&cursor=${one.nextCursor}`))).to.deep.equal(two);
    expectError(await scim.post('/.search', { count: 4, cursor: one.nextCursor }), 400, 'invalidCursor');
    expectError(await scim.post('/Users/.search', { cursor: '', startIndex: 1 }), 400, 'invalidValue');
  });

  it('fact-60 says what it offers, and pages by index unless asked', async () => {
    const { pagination } = expectBody(await scim.get('/ServiceProviderConfig'), 200);
    expect(pagination).to.deep.equal({
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: 100,
      maxPageSize: 200,
      cursorTimeout: 3600,
    });
    const body = expectBody(await page('count=3'), 200);
    expect(body).to.include({ startIndex: 1, itemsPerPage: 3, totalResults: 7 });
    expect(body).not.to.have.property('nextCursor');
  });
});

async function make(scim: Pick<ScimServer, 'post'>, size: number): Promise<readonly Body[]> {
  const made: Body[] = [];
  for (let n = 0; n < size; n++) {
    const named = n % 3 === 0 ? {} : { displayName: `Name ${(n * 5) % size}`, title: `T${n % 2}` };
    made.push(expectBody(await scim.post('/Users', aPerson(named)), 201));
  }
  return made;
}

function expectPage(answer: Answer): Body {
  const body = expectBody(answer, 200);
  expect(body.Resources).to.be.an('array').with.length(body.itemsPerPage);
  expect(body).not.to.have.property('startIndex');
  return body;
}

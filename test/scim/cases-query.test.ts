import { expect } from 'chai';
import type { Body } from './client.ts';
import { aPerson, E, expectBody, expectError, expectList, idsOf, namesOf, U } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

describe('SCIM cases: matching queries', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const create = async (facts: object = {}): Promise<Body> =>
    expectBody(await scim.post('/Users', aPerson({ ...facts })), 201);
  const namesFor = async (filter: string) => namesOf(expectList(await scim.filter(filter)));

  it('case-Q01 finds the one user by userName, or nobody', async () => {
    await create();
    const ada = await create({ userName: 'ada@example.com' });
    const found = expectList(await scim.filter('userName eq "ada@example.com"', '&startIndex=1&count=100'), 1);
    expect(found).to.deep.equal([ada]);
    expect((await scim.stored(found[0].id)).email).to.equal('ada@example.com');
    expectList(await scim.filter('userName eq "bob@example.com"', '&startIndex=1&count=100'), 0);
  });

  it('case-Q02 finds a userName in another case and shows it as stored', async () => {
    const { id } = await create({ userName: 'Ada.Byron@Example.com' });
    const [found] = expectList(await scim.filter('userName eq "ADA.byron@example.COM"'), 1);
    expect(found).to.include({ id, userName: 'Ada.Byron@Example.com' });
    expect((await scim.record(id)).attributes.userName).to.equal('Ada.Byron@Example.com');
  });

  it('case-Q03 finds an externalId exactly, within the tenant', async () => {
    const { id } = await create({ externalId: 'AbC-1' });
    const other = await scim.addTenant();
    await other.post('/Users', aPerson({ externalId: 'AbC-1' }));
    expect(idsOf(expectList(await scim.filter('externalId eq "AbC-1"'), 1))).to.deep.equal([id]);
    expectList(await scim.filter('externalId eq "abc-1"'), 0);
    expect((await scim.record(id)).externalId).to.equal('AbC-1');
  });

  it('case-Q04 takes an unquoted word for text', async () => {
    const { id } = await create({ externalId: 'jyoung' });
    expect(idsOf(expectList(await scim.filter('externalId eq jyoung'), 1))).to.deep.equal([id]);
  });

  it('case-Q05 takes a value path followed by a sub-attribute', async () => {
    const { id } = await create({ emails: [{ type: 'work', value: 'a@example.com' }] });
    await create({ emails: [{ type: 'home', value: 'a2@example.com' }] });
    expect(idsOf(expectList(await scim.filter('emails[type eq "work"].value eq "A@example.com"'), 1))).to.deep.equal([
      id,
    ]);
    expectList(await scim.filter('emails[type eq "work"].value eq "a2@example.com"'), 0);
  });

  it('case-Q06 binds all terms of a value path to one element', async () => {
    const both = [
      { type: 'work', value: 'a@example.com' },
      { type: 'home', value: 'b@example.com' },
    ];
    const { id } = await create({ emails: both });
    expect(
      idsOf(expectList(await scim.filter('emails[type eq "work" and value eq "a@example.com"]'), 1)),
    ).to.deep.equal([id]);
    expectList(await scim.filter('emails[type eq "work" and value eq "b@example.com"]'), 0);
    expectList(await scim.filter('emails.type eq "work" and emails.value eq "b@example.com"'), 1);
  });

  it('case-Q07 looks at any element, and takes bare emails for their value', async () => {
    const emails = [{ value: 'a@example.com' }, { value: 'other@example.org' }];
    const { id } = await create({ emails });
    await create();
    for (const filter of [
      'emails.value eq "other@example.org"',
      'emails eq "OTHER@example.org"',
      'emails co "example.org"',
    ])
      expect(idsOf(expectList(await scim.filter(filter), 1)), filter).to.deep.equal([id]);
  });

  it('case-Q09 compares manager by its value and shows only what was asked for', async () => {
    const manager = await create();
    const { id } = await create({ [E]: { manager: { value: manager.id } } });
    const found = expectList(await scim.filter(`id eq "${id}" and manager eq "${manager.id}"`, '&attributes=id'), 1);
    expect(found[0]).to.deep.equal({ schemas: [U, E], id });
    expectList(await scim.filter(`id eq "${manager.id}" and manager eq "${manager.id}"`), 0);
  });

  it('case-Q10 takes operators and names in any case', async () => {
    const { id, userName } = await create();
    expect(idsOf(expectList(await scim.filter(`UserName Eq "${userName}"`), 1))).to.deep.equal([id]);
    expect(idsOf(expectList(await scim.filter(`USERNAME eQ "${userName}" AND Active EQ True`), 1))).to.deep.equal([id]);
  });

  it('case-Q11 takes a plus for a space', async () => {
    const { id } = await create({ displayName: 'Bob' });
    expect(idsOf(expectList(await scim.get('/Users?filter=DisplayName+eq+%22Bob%22'), 1))).to.deep.equal([id]);
    await create({ displayName: 'Bob+1' });
    expectList(await scim.get('/Users?filter=displayName+eq+%22Bob%2B1%22'), 1);
  });

  it('case-Q12 takes unquoted words within parentheses and finds four', async () => {
    const named = (familyName: string, value: string) => create({ name: { familyName }, emails: [{ value }] });
    for (const domain of ['example.com', 'example.org'])
      for (const name of ['a', 'b']) await named('Employee', `${name}@${domain}`);
    await named('Employee', 'a@example.net');
    await named('Boss', 'c@example.com');
    const filter = 'name.FamilyName eq Employee and (emails.Value co example.com or emails.Value co example.org)';
    expectList(await scim.filter(filter), 4);
  });

  it('case-Q13 takes prefixes and instants, unquoted, with seven decimals and an offset', async () => {
    const { userName } = await create({ userName: 'OMalley@example.com' });
    await create();
    expect(await namesFor('userName sw O')).to.deep.equal([userName]);
    expectList(await scim.filter('meta.Created gt 2015-10-10T14:38:21.8617979-07:00'), 2);
    expectList(await scim.filter('meta.Created gt 2026-10-01T14:00:00.0000001+02:00'), 0);
    expectList(await scim.filter('meta.Created ge 2026-10-01T14:00:00.0000000+02:00'), 2);
  });

  it('case-Q14 takes dates of year 1 and pages Entra’s inbound query', async () => {
    for (let made = 0; made < 8; made++) await create();
    await create({ active: false });
    const until = '2026-10-01T12:00:01.0000000Z';
    const filter = `active eq true and (meta.lastModified ge "0001-01-03T00:00:00.0000000Z" and meta.lastModified le "${until}")`;
    const answer = await scim.filter(filter, '&count=5&startIndex=6');
    expect(expectList(answer, 8)).to.have.length(3);
    expect(answer.body.startIndex).to.equal(6);
  });

  it('case-Q15 takes parameter names in any case, and 0 for the first', async () => {
    for (let made = 0; made < 3; made++) await create();
    const answer = await scim.get('/Users?Count=100&startindex=0');
    expect(expectList(answer, 3)).to.have.length(3);
    expect(answer.body.startIndex).to.equal(1);
  });

  it('case-Q16 finds by id and by grouped terms of mixed case', async () => {
    const { id } = await create();
    await create({ active: false });
    expect(idsOf(expectList(await scim.filter(`id eq "${id}"`), 1))).to.deep.equal([id]);
    const filter = '(ActiVe eq true) and meta.lastmodified ge "2026-09-30T00:00:00Z"';
    expect(idsOf(expectList(await scim.filter(filter), 1))).to.deep.equal([id]);
    expectList(await scim.filter(`id eq "${id.toUpperCase()}"`), 0);
  });

  it('case-Q17 takes attributes qualified by their schema', async () => {
    const { id, userName } = await create({ [E]: { employeeNumber: '7' } });
    await create({ [E]: { employeeNumber: '8' } });
    for (const filter of [
      `${E}:employeeNumber eq "7"`,
      `${U}:userName eq "${userName}"`,
      `${U}:userName sw "${userName}"`,
    ])
      expect(idsOf(expectList(await scim.filter(filter), 1)), filter).to.deep.equal([id]);
    expectError(await scim.filter('urn:example:unknown:employeeNumber eq "7"'), 400, 'invalidFilter');
  });

  it('case-Q19 counts only with count=0', async () => {
    await create();
    const answer = await scim.get('/Users?count=0');
    expect(expectList(answer, 1)).to.deep.equal([]);
    expect(answer.body.itemsPerPage).to.equal(0);
  });

  it('case-Q20 shows exactly one with count=1', async () => {
    const { id } = await create();
    await create();
    const answer = await scim.get('/Users?count=1');
    expect(idsOf(expectList(answer, 2))).to.deep.equal([id]);
    expect(answer.body.itemsPerPage).to.equal(1);
  });

  it('case-Q21 bends paging into range and refuses what is no number', async () => {
    const { id } = await create();
    expect(expectList(await scim.get('/Users?count=-3'), 1)).to.deep.equal([]);
    for (const start of ['0', '-5', '1']) {
      const answer = await scim.get(`/Users?startIndex=${start}`);
      expect(idsOf(expectList(answer, 1))).to.deep.equal([id]);
      expect(answer.body.startIndex).to.equal(1);
    }
    for (const query of ['count=ten', 'count=1.5', 'startIndex=NaN', 'startIndex=', 'count=1e3', 'count=0x10'])
      expectError(await scim.get(`/Users?${query}`), 400, 'invalidValue');
    expectList(await scim.get(`/Users?startIndex=${'9'.repeat(400)}&count=${'9'.repeat(400)}`), 1);
  });

  it('case-Q22 pages in a fixed order while users are added', async () => {
    const before: string[] = [];
    for (let made = 0; made < 25; made++) before.push((await create()).id);
    const seen: string[] = [];
    for (let start = 1; ; start += 10) {
      const page = idsOf(expectList(await scim.get(`/Users?startIndex=${start}&count=10`)));
      seen.push(...page);
      if (page.length === 0) break;
      if (start < 40) for (let made = 0; made < 3; made++) await create();
    }
    expect(new Set(seen).size).to.equal(seen.length);
    expect(seen.slice(0, 25)).to.deep.equal(before);
    const all = idsOf(expectList(await scim.get('/Users?count=200')));
    expect(all.slice(0, seen.length)).to.deep.equal(seen);
  });

  it('case-Q24 echoes startIndex and keeps totalResults over the pages', async () => {
    for (let made = 0; made < 11; made++) await create();
    const sizes: number[] = [];
    for (const start of [1, 6, 11]) {
      const answer = await scim.get(`/Users?count=5&startIndex=${start}`);
      sizes.push(expectList(answer, 11).length);
      expect(answer.body.startIndex).to.equal(start);
    }
    expect(sizes).to.deep.equal([5, 5, 1]);
  });

  it('case-Q25 ignores unknown parameters', async () => {
    await create();
    expectList(await scim.get('/Users?foo=bar'), 1);
  });

  it('case-Q26 shows the attributes asked for, and id and schemas too', async () => {
    const { id } = await create({ emails: [{ value: 'a@example.com' }], title: 'Countess' });
    const [found] = expectList(await scim.get('/Users?attributes=userName,emails'), 1);
    expect(found).to.have.all.keys('schemas', 'id', 'userName', 'emails');
    expect(
      expectBody(await scim.get(`/Users/${id}?attributes=USERNAME, Emails`.replace(' ', '%20')), 200),
    ).to.deep.equal(found);
  });

  it('case-Q27 takes a filter within attributes for the attribute', async () => {
    await create({ emails: [{ value: 'a@example.com', type: 'work' }] });
    const attributes = encodeURIComponent('emails[type eq "work"],name');
    const [found] = expectList(await scim.get(`/Users?attributes=${attributes}`), 1);
    expect(found).to.have.all.keys('schemas', 'id', 'emails');
  });
});

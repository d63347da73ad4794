import { expect } from 'chai';
import type { Body } from './client.ts';
import { aPerson, E, expectBody, expectError, expectList, idsOf, U } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

describe('SCIM facts of RFC 7643: the model of a user', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const create = async (facts: object = {}): Promise<Body> =>
    expectBody(await scim.post('/Users', aPerson({ ...facts })), 201);
  const patched = async (id: string, ...operations: readonly object[]): Promise<Body> =>
    expectBody(await scim.patch(`/Users/${id}`, operations), 200);

  it('fact-1 knows attributes and schema URNs in any case, and answers in the canonical one', async () => {
    const sent = { USERNAME: 'case@example.com', Name: { GIVENNAME: 'G' }, [E.toUpperCase()]: { DEPARTMENT: 'D' } };
    const { id } = expectBody(await scim.post('/Users', { Schemas: [U.toUpperCase()], ...sent }), 201);
    const shown = expectBody(await scim.get(`/Users/${id}?ATTRIBUTES=username,NAME.givenname,${E.toLowerCase()}`), 200);
    const expected = { userName: 'case@example.com', name: { givenName: 'G' }, [E]: { department: 'D' } };
    expect(shown).to.deep.equal({ schemas: [U, E], id, ...expected });
    const changed = await patched(id, { OP: 'REPLACE', Path: `${E.toUpperCase()}:Department`, VALUE: 'F' });
    expect(changed[E]).to.deep.equal({ department: 'F' });
    expect(idsOf(expectList(await scim.filter(`${E.toUpperCase()}:DEPARTMENT EQ "f"`)))).to.deep.equal([id]);
  });

  it('fact-3 has one primary value of an attribute at most', async () => {
    const two = [
      { value: 'a@example.com', primary: true },
      { value: 'b@example.com', primary: true },
    ];
    expectError(await scim.post('/Users', aPerson({ emails: two })), 400, 'invalidValue');
    const before = await create({ emails: [two[0]] });
    expectError(await scim.put(`/Users/${before.id}`, { ...before, emails: two }), 400, 'invalidValue');
    expect(expectBody(await scim.get(`/Users/${before.id}`), 200)).to.deep.equal(before);
    const { emails } = await patched(before.id, { op: 'add', path: 'emails', value: [two[1]] });
    expect(emails.filter(({ primary }: Body) => primary === true)).to.deep.equal([two[1]]);
  });

  it('fact-4 keeps no pair of type and value twice, and one value under two types', async () => {
    const work = { type: 'work', value: 'a@example.com' };
    const home = { type: 'home', value: 'a@example.com' };
    const { id, emails } = await create({ emails: [work, home, { ...work, display: 'D' }, { ...work, type: 'WORK' }] });
    expect(emails.map(({ type }: Body) => type.toLowerCase())).to.deep.equal(['work', 'home']);
    expect(emails[0]).to.include({ display: 'D' });
    expect((await patched(id, { op: 'add', path: 'emails', value: [home, work] })).emails).to.have.length(2);
    expect((await scim.record(id)).attributes.emails).to.have.length(2);
  });

  it('fact-5 takes null, an empty list and absence for one state', async () => {
    const { id } = await create({ title: null, emails: [], name: null, [E]: { department: null } });
    const shown = expectBody(await scim.get(`/Users/${id}`), 200);
    expect(shown).not.to.have.any.keys('title', 'emails', 'name', E);
    expect(shown.schemas).to.deep.equal([U]);
    for (const filter of ['title pr', 'emails pr', 'name pr', 'title ne null'])
      expectList(await scim.filter(filter), 0);
    for (const filter of ['title eq null', 'not (emails pr)']) expectList(await scim.filter(filter), 1);
  });

  it('fact-12 needs a userName that is not empty, and that nobody else has in any case', async () => {
    for (const userName of [undefined, null, '', '   ', 7, {}, []])
      expectError(await scim.post('/Users', { schemas: [U], userName }), 400, 'invalidValue');
    const { id } = await create({ userName: 'Ada@Example.com' });
    expectError(await scim.post('/Users', aPerson({ userName: 'aDA@eXAMPLE.COM' })), 409, 'uniqueness');
    const [shown] = expectList(await scim.filter('userName eq "ADA@EXAMPLE.COM"'), 1);
    expect(shown).to.include({ id, userName: 'Ada@Example.com' });
    expect(await scim.countUsers()).to.equal(1);
  });

  it('fact-13 takes a password nowhere, gives it nowhere, and lets nobody ask for it', async () => {
    const password = 'correct horse 9';
    const made = await scim.post('/Users', aPerson({ password }));
    const { id, userName } = expectBody(made, 201);
    const put = await scim.put(`/Users/${id}`, { userName, password });
    const patch = await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'password', value: password }]);
    const read = await scim.get(`/Users/${id}?attributes=password,userName`);
    for (const answer of [made, put, patch, read]) expect(answer.text).not.to.include('horse');
    for (const filter of [`password eq "${password}"`, 'password pr', `${U}:password sw "c"`])
      expectError(await scim.filter(filter), 400, 'invalidFilter');
    expect(JSON.stringify(await scim.stored(id))).not.to.include('horse');
    expect((await scim.get(`/Schemas/${U}`)).text).not.to.include('"password"');
  });

  it('fact-14 takes active for a truth value only', async () => {
    expect(await create({ active: 'FALSE' })).to.include({ active: false });
    const before = await create();
    for (const active of ['yes', 1, 0, {}, [true, false]])
      expectError(await scim.patch(`/Users/${before.id}`, [{ op: 'replace', value: { active } }]), 400, 'invalidValue');
    for (const active of [null, '', []])
      expect(await patched(before.id, { op: 'replace', value: { active } })).to.deep.equal(before);
    expect((await scim.stored(before.id)).status).to.equal('active');
  });

  it('fact-16 keeps a country as it was sent', async () => {
    for (const country of ['Bermuda', 'bm', 'XX', '渚'])
      expect((await create({ addresses: [{ type: 'work', country }] })).addresses).to.deep.equal([
        { type: 'work', country },
      ]);
  });
});

describe('SCIM facts of RFC 7644: lists', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const createMany = async (count: number): Promise<readonly Body[]> => {
    const made: Body[] = [];
    for (let at = 0; at < count; at++)
      made.push(expectBody(await scim.post('/Users', aPerson({ title: `t${at}` })), 201));
    return made;
  };

  it('fact-29 answers nobody found with 200 and totalResults 0', async () => {
    for (const filter of ['id eq "nobody"', 'title eq "none"', 'emails[type eq "work"]']) {
      const answer = await scim.filter(filter);
      expect(expectList(answer, 0)).to.deep.equal([]);
      expect(answer.body.itemsPerPage).to.equal(0);
    }
  });

  it('fact-30 passes over query parameters it does not know', async () => {
    const [user] = await createMany(1);
    expect(idsOf(expectList(await scim.get('/Users?foo=bar&_=1&access_token=x'), 1))).to.deep.equal([user.id]);
    expect(expectBody(await scim.get(`/Users/${user.id}?foo=bar`), 200)).to.deep.equal(user);
  });

  it('fact-43 counts from 1, takes less than 1 for 1 and less than 0 for 0, and tells how many it shows', async () => {
    const ids = idsOf(await createMany(5));
    const page = async (query: string) => {
      const answer = await scim.get(`/Users?${query}`);
      return [idsOf(expectList(answer, 5)), answer.body.startIndex, answer.body.itemsPerPage] as const;
    };
    expect(await page('startIndex=2&count=2')).to.deep.equal([ids.slice(1, 3), 2, 2]);
    expect(await page('startIndex=5&count=10')).to.deep.equal([ids.slice(4), 5, 1]);
    expect(await page('startIndex=6')).to.deep.equal([[], 6, 0]);
    for (const startIndex of [0, -7])
      expect((await page(`startIndex=${startIndex}&count=1`))[0]).to.deep.equal(ids.slice(0, 1));
    for (const count of [0, -1]) expect(await page(`count=${count}`)).to.deep.equal([[], 1, 0]);
  });

  it('fact-45 takes URN:attribute.sub wherever attributes are named', async () => {
    const manager = { value: 'm1' };
    const sent = aPerson({ name: { familyName: 'F', givenName: 'G' }, [E]: { department: 'D', manager } });
    const { id, userName } = expectBody(await scim.post('/Users', sent), 201);
    const named = [`${E}:manager.value`, `${U}:name.familyName`, `${U}:userName`].join(',');
    expect(expectBody(await scim.get(`/Users/${id}?attributes=${named}`), 200)).to.deep.equal({
      schemas: [U, E],
      id,
      userName,
      name: { familyName: 'F' },
      [E]: { manager },
    });
    const rest = expectBody(await scim.get(`/Users/${id}?excludedAttributes=${named}`), 200);
    expect(rest).to.deep.include({ name: { givenName: 'G' }, [E]: { department: 'D' } });
    const filter = `${U}:name.familyName eq "F" and ${E}:manager.value eq "m1"`;
    expect(idsOf(expectList(await scim.filter(filter), 1))).to.deep.equal([id]);
    const paths = [`${U}:name.familyName`, `${E}:manager.value`].map((path) => ({ op: 'replace', path, value: 'x' }));
    const changed = expectBody(await scim.patch(`/Users/${id}`, paths), 200);
    expect([changed.name.familyName, changed[E].manager.value]).to.deep.equal(['x', 'x']);
  });
});

import { expect } from 'chai';
import { SCIM_ROUTES } from '../../scim/http/routes.ts';
import { type Body, patchOp } from './client.ts';
import { aPerson, expectBody, expectEmpty, expectError, expectList, idsOf, U } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const SCIM_TYPE = { 'content-type': 'application/scim+json' };

describe('SCIM facts of RFC 7644: protocol basics', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const create = async (facts: object = {}): Promise<Body> =>
    expectBody(await scim.post('/Users', aPerson({ ...facts })), 201);

  it('fact-22 takes both media types with any parameters, and answers the bare one', async () => {
    for (const type of [
      'application/scim+json',
      'application/json',
      'Application/SCIM+JSON; Charset=UTF-8',
      'application/json;charset=utf-8;profile="x"',
    ]) {
      const answer = await scim.post('/Users', aPerson(), { 'content-type': type });
      expectBody(answer, 201);
      expect(answer.headers['content-type']).to.equal('application/scim+json');
    }
    for (const type of ['application/scim', 'text/json', 'application/scim+jsonx', 'multipart/form-data', ''])
      expectError(await scim.post('/Users', aPerson(), { 'content-type': type }), 415);
    expect(await scim.countUsers()).to.equal(4);
  });

  it('fact-23 answers a creation with 201, Location and the body, and takes no read-only value', async () => {
    const sent = aPerson({ id: 'mine', groups: [{ value: 'g' }], meta: { location: 'https://evil.example/1' } });
    const answer = await scim.post('/Users', sent);
    const shown = expectBody(answer, 201);
    expect(answer.headers.location).to.equal(`${scim.root}/Users/${shown.id}`);
    expect(shown.id).not.to.equal('mine');
    expect(shown).not.to.have.property('groups');
    expect(answer.text).not.to.include('evil');
    expect(expectBody(await scim.get(`/Users/${shown.id}`), 200)).to.deep.equal(shown);
    expect((await scim.record(shown.id)).attributes).to.deep.equal({ userName: sent.userName });
  });

  it('fact-24 answers a duplicate with 409 uniqueness, by userName and by address, and stores nothing', async () => {
    const { id, userName } = await create({ emails: [{ value: 'Taken@example.com' }] });
    const before = await scim.stored(id);
    for (const duplicate of [
      aPerson({ userName: userName.toUpperCase() }),
      aPerson({ emails: [{ value: 'taken@EXAMPLE.com', primary: true }] }),
      aPerson({ userName: 'taken@example.com' }),
    ])
      expectError(await scim.post('/Users', duplicate), 409, 'uniqueness');
    const other = await create();
    expectError(await scim.put(`/Users/${other.id}`, { userName: userName.toUpperCase() }), 409, 'uniqueness');
    const rename = [{ op: 'replace', path: 'userName', value: userName }];
    expectError(await scim.patch(`/Users/${other.id}`, rename), 409, 'uniqueness');
    expect(await scim.stored(id)).to.deep.equal(before);
    expect(expectBody(await scim.get(`/Users/${other.id}`), 200)).to.deep.equal(other);
    expect(await scim.countUsers()).to.equal(2);
  });

  it('fact-25 answers every refusal as a SCIM error, whoever refuses', async () => {
    const { id } = await create();
    const sendText = (text: string, headers: Record<string, string> = SCIM_TYPE) =>
      scim.send({ method: 'POST', path: '/Users', text, headers });
    expectError(await sendText('{"userName":'), 400, 'invalidSyntax');
    expectError(await sendText('[]'), 400, 'invalidSyntax');
    expectError(await sendText('{}', { 'content-type': 'text/plain' }), 415);
    expectError(await sendText('{}', { ...SCIM_TYPE, 'content-encoding': 'x' }), 415);
    expectError(await scim.get('/Users', { authorization: null }), 401);
    expectError(await scim.get('/Nothing'), 404);
    expectError(await scim.get('/Users/%zz'), 404);
    expectError(await scim.delete('/Users'), 405);
    expectError(await scim.get('/Users?filter=((('), 400, 'invalidFilter');
    expectError(await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'nothing', value: 1 }]), 400, 'invalidPath');
    expectError(await scim.put(`/Users/${id}`, aPerson(), { 'if-match': 'W/"99"' }), 412);
    expectError(await sendText(JSON.stringify({ userName: 'x'.repeat(1_100_000) })), 413);
  });

  it('fact-27 keeps text of every script and plane as it was sent', async () => {
    const name = { givenName: 'Ægir 渚 🦊', familyName: 'Ó’Ñandú\u2028\u200d', formatted: '"\\/\b\t\n' };
    const { id } = await create({ name });
    const answer = await scim.get(`/Users/${id}`);
    expect(expectBody(answer, 200).name).to.deep.equal(name);
    expect((await scim.record(id)).attributes.name).to.deep.equal(name);
    expect(idsOf(expectList(await scim.filter('name.givenName eq "ÆGIR 渚 🦊"')))).to.deep.equal([id]);
    const latin = { 'content-type': 'application/scim+json; charset=iso-8859-1' };
    expectError(await scim.post('/Users', aPerson(), latin), 415);
  });

  it('fact-28 serves under the version in the path, and in no other', async () => {
    expect(new URL(scim.root).pathname).to.match(/^\/scim\/v2\//);
    const [{ id }, { url, token }] = [await create(), scim];
    for (const version of ['v1', 'v3', 'V2x']) {
      const other = `${url}/scim/${version}/${scim.organizationId}/Users/${id}`;
      expect((await fetch(other, { headers: { authorization: `Bearer ${token}` } })).status).to.equal(404);
    }
    expectBody(await scim.get(`/Users/${id}`), 200);
  });
});

describe('SCIM facts of RFC 7644: modifying', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const create = async (facts: object = {}): Promise<Body> =>
    expectBody(await scim.post('/Users', aPerson({ ...facts })), 201);
  const patched = async (id: string, ...operations: readonly object[]): Promise<Body> =>
    expectBody(await scim.patch(`/Users/${id}`, operations), 200);

  it('fact-47 never creates by PUT, needs what is required, passes over what is read-only, and clears what is left out', async () => {
    expectError(await scim.put('/Users/nobody', aPerson()), 404);
    expect(await scim.countUsers()).to.equal(0);
    const before = await create({ title: 'T', externalId: 'e', name: { givenName: 'G' } });
    expectError(await scim.put(`/Users/${before.id}`, { title: 'X' }), 400, 'invalidValue');
    expectError(await scim.put(`/Users/${before.id}`, aPerson({ id: 'another' })), 400, 'mutability');
    expect(expectBody(await scim.get(`/Users/${before.id}`), 200)).to.deep.equal(before);
    const body = { userName: before.userName, meta: { created: 'never' }, groups: [{ value: 'g' }], nickName: 'N' };
    const after = expectBody(await scim.put(`/Users/${before.id}`, body), 200);
    expect(after).to.include({ nickName: 'N', externalId: 'e', active: true, id: before.id });
    expect(after).not.to.have.any.keys('title', 'name', 'groups');
    expect(after.meta.created).to.equal(before.meta.created);
    expect((await scim.record(before.id)).attributes).to.deep.equal({ userName: before.userName, nickName: 'N' });
  });

  it('fact-48 leaves everything as it was when any operation fails', async () => {
    const before = await create({ title: 'T' });
    const stored = await scim.stored(before.id);
    for (const [wrong, scimType] of [
      [{ op: 'replace', path: 'nothing', value: 1 }, 'invalidPath'],
      [{ op: 'replace', path: 'emails[type eq "x" and value co "y"].value', value: 'z' }, 'noTarget'],
      [{ op: 'replace', path: 'active', value: 'perhaps' }, 'invalidValue'],
      [{ op: 'remove', path: 'userName' }, 'mutability'],
      [{ op: 'copy', path: 'title' }, 'invalidSyntax'],
    ] as const) {
      const right = { op: 'replace', path: 'title', value: 'changed' };
      expectError(await scim.patch(`/Users/${before.id}`, [right, wrong, right]), 400, scimType);
    }
    expect(await scim.stored(before.id)).to.deep.equal(stored);
  });

  it('fact-49 answers a PATCH with the body, and where 204 is asked for still when attributes are', async () => {
    const { id } = await create({ title: 'T' });
    const operations = [{ op: 'replace', path: 'title', value: 'New' }];
    expect(expectBody(await scim.patch(`/Users/${id}`, operations), 200).title).to.equal('New');
    await scim.stop();
    scim = await startScim({ principal: { quietPatch: true } });
    const quiet = await create();
    expectEmpty(await scim.patch(`/Users/${quiet.id}`, operations), 204);
    const asked = expectBody(await scim.patch(`/Users/${quiet.id}?attributes=title`, operations), 200);
    expect(asked).to.deep.equal({ schemas: [U], id: quiet.id, title: 'New' });
  });

  it('fact-50 lets a new primary take the place of the former one, by add, by replace and by a value path', async () => {
    const emails = [
      { value: 'a@example.com', type: 'work', primary: true },
      { value: 'b@example.com', type: 'home' },
    ];
    const primaries = ({ emails: shown }: Body) => shown.filter((email: Body) => email.primary === true);
    const { id } = await create({ emails });
    const third = { value: 'c@example.com', type: 'other', primary: true };
    expect(primaries(await patched(id, { op: 'add', path: 'emails', value: [third] }))).to.deep.equal([third]);
    const home = { op: 'replace', path: 'emails[type eq "home"].primary', value: true };
    expect(primaries(await patched(id, home))).to.deep.equal([{ ...emails[1], primary: true }]);
    const work = { op: 'replace', path: 'emails[type eq "work"]', value: { ...emails[0] } };
    expect(primaries(await patched(id, work))).to.deep.equal([emails[0]]);
    expect((await scim.stored(id)).email).to.equal('a@example.com');
    const two = { op: 'add', path: 'emails', value: [third, { ...third, value: 'd@example.com' }] };
    expectError(await scim.patch(`/Users/${id}`, [two]), 400, 'invalidValue');
  });

  it('fact-51 replaces a single value by add, appends to a list what is new, and changes nothing by what is there', async () => {
    const email = { value: 'a@example.com', type: 'work' };
    const before = await create({ title: 'T', emails: [email] });
    scim.advance(1_000);
    const same = [
      { op: 'add', path: 'title', value: 'T' },
      { op: 'add', path: 'emails', value: [email] },
      { op: 'add', value: { title: 'T', emails: [email] } },
    ];
    for (const operation of same) expect(await patched(before.id, operation)).to.deep.equal(before);
    const other = { value: 'b@example.com', type: 'home' };
    const after = await patched(
      before.id,
      { op: 'add', path: 'title', value: 'U' },
      { op: 'add', path: 'emails', value: [email, other] },
    );
    expect(after).to.include({ title: 'U' });
    expect(after.emails).to.deep.equal([email, other]);
    expect(after.meta.lastModified).not.to.equal(before.meta.lastModified);
  });

  it('fact-54 names an extension that gains its first value, and refuses paths nobody knows', async () => {
    const { id } = await create();
    const urn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    const after = await patched(id, { op: 'add', path: `${urn}:department`, value: 'D' });
    expect(after.schemas).to.deep.equal([U, urn]);
    expect(after[urn]).to.deep.equal({ department: 'D' });
    for (const path of [
      'nothing',
      'name.nothing',
      `${urn}:nothing`,
      'emails[type eq "work"].nothing',
      'urn:example:x:y',
    ])
      expectError(await scim.patch(`/Users/${id}`, [{ op: 'replace', path, value: 'x' }]), 400, 'invalidPath');
    expect((await patched(id, { op: 'remove', path: `${urn}:department` })).schemas).to.deep.equal([U]);
  });

  it('fact-55 knows nobody by a deleted id any more, on every verb, and gives their unique values away', async () => {
    const { id, userName } = await create({ externalId: 'e1' });
    const person = (await scim.stored(id)).id;
    expectEmpty(await scim.delete(`/Users/${id}`), 204);
    for (const { method, path } of SCIM_ROUTES.filter(({ path: each }) => each === '/Users/:id')) {
      const text = JSON.stringify({ ...patchOp([]), userName });
      const sent = { method, path: path.replace(':id', id), headers: SCIM_TYPE };
      expectError(await scim.send(method === 'GET' || method === 'DELETE' ? sent : { ...sent, text }), 404);
    }
    expectList(await scim.get('/Users'), 0);
    expectList(await scim.filter(`userName eq "${userName}" or externalId eq "e1" or id eq "${id}"`), 0);
    const again = await scim.post('/Users', aPerson({ userName, externalId: 'e1' }));
    expect(expectBody(again, 201).id).not.to.equal(id);
    expect((await scim.stored(again.body.id)).id).to.equal(person);
    expect(await scim.countUsers()).to.equal(1);
  });
});

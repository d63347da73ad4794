import { expect } from 'chai';
import { SCIM_ROUTES } from '../../scim/http/routes.ts';
import type { Body } from './client.ts';
import { aPerson, E, expectBody, expectEmpty, expectError, expectList, idsOf, U } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const WORK = { type: 'work', value: 'work@example.com' };
const HOME = { type: 'home', value: 'home@example.org' };

describe('SCIM facts of RFC 7643 and RFC 7644', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const create = async (facts: object = {}): Promise<Body> =>
    expectBody(await scim.post('/Users', aPerson({ ...facts })), 201);
  const found = async (filter: string) => idsOf(expectList(await scim.filter(filter)));

  it('fact-6 names schemas in every resource, each once', async () => {
    const shown = await create({ schemas: [U, U, E], [E]: { department: 'D', division: 'V' } });
    expect(shown.schemas).to.deep.equal([U, E]);
    const bare = expectBody(await scim.post('/Users', { userName: 'no-schemas@example.com' }), 201);
    expect(bare.schemas).to.deep.equal([U]);
  });

  it('fact-7 issues ids that are the server’s own and never given again', async () => {
    const body = aPerson();
    const ids = new Set<string>();
    for (let time = 0; time < 3; time++) {
      const { id } = expectBody(await scim.post('/Users', body), 201);
      expect(id.toLowerCase()).not.to.include('bulkid');
      expect((await scim.stored(id)).id).not.to.equal(id);
      ids.add(id);
      expectEmpty(await scim.delete(`/Users/${id}`), 204);
    }
    expect(ids.size).to.equal(3);
  });

  it('fact-8 takes an externalId for the client’s own word, never for an id of ours', async () => {
    const victim = await create();
    const { id: personId } = await scim.stored(victim.id);
    for (const externalId of [victim.id, personId, '1', '507f1f77bcf86cd799439011']) {
      const { id } = await create({ externalId });
      expect(id).not.to.equal(victim.id);
    }
    expect(expectBody(await scim.get(`/Users/${victim.id}`), 200)).to.deep.equal(victim);
    expectError(await scim.get(`/Users/${personId}`), 404);
  });

  it('fact-9 shows created and lastModified alike at creation, and one location', async () => {
    const answer = await scim.post('/Users', aPerson({ meta: { created: 'x' } }));
    const { meta } = expectBody(answer, 201);
    expect(meta.lastModified).to.equal(meta.created);
    expect(meta).to.include({ resourceType: 'User', location: answer.headers.location });
  });

  it('fact-10 gives the weak entity tag of meta.version as ETag', async () => {
    const created = await scim.post('/Users', aPerson());
    const { id, meta } = expectBody(created, 201);
    expect(meta.version).to.match(/^W\/"\d+"$/);
    expect(created.headers.etag).to.equal(meta.version);
    expect((await scim.get(`/Users/${id}`)).headers.etag).to.equal(meta.version);
  });

  it('fact-11 keeps extension attributes within their container', async () => {
    const shown = await create({ department: 'D', [E]: { title: 'not here' } });
    expect(shown).not.to.have.any.keys('department', 'title');
    expect(shown[E]).to.deep.equal({ department: 'D' });
    const { id, userName } = shown;
    for (const content of ['x', 5, true, ['x'], [{ department: 'A' }, { department: 'B' }]]) {
      expectError(await scim.post('/Users', aPerson({ [E]: content })), 400, 'invalidValue');
      expectError(await scim.put(`/Users/${id}`, { schemas: [U], userName, [E]: content }), 400, 'invalidValue');
      expectError(await scim.patch(`/Users/${id}`, [{ op: 'add', path: E, value: content }]), 400, 'invalidValue');
    }
    expect((await scim.get(`/Users/${id}`)).body[E]).to.deep.equal({ department: 'D' });
    for (const content of [null, '', [], {}, [null]]) expect(await create({ [E]: content })).not.to.have.any.keys(E);
    expect((await create({ [E]: [{ department: 'C' }] }))[E]).to.deep.equal({ department: 'C' });
  });

  it('fact-18 fills the manager’s displayName on reading, in lists too', async () => {
    const boss = await create({ displayName: 'Boss' });
    const { id } = await create({ [E]: { manager: { value: boss.id, displayName: 'Fake' } } });
    const manager = { value: boss.id, displayName: 'Boss' };
    expect((await scim.get(`/Users/${id}`)).body[E].manager).to.deep.equal(manager);
    expect(expectList(await scim.get('/Users'), 2)[1][E].manager).to.deep.equal(manager);
    for (const filter of [`${E}:manager.displayName pr`, 'manager[displayName eq "Boss"]'])
      expectError(await scim.filter(filter), 400, 'invalidFilter');
    expectEmpty(await scim.delete(`/Users/${boss.id}`), 204);
    expect((await scim.get(`/Users/${id}`)).body[E].manager).to.deep.equal({ value: boss.id });
  });

  it('fact-21 challenges with Bearer, and says when a token is no good', async () => {
    const none = await scim.get('/Users', { authorization: null });
    expect(none.headers['www-authenticate']).to.equal('Bearer realm="SCIM"');
    const bad = await scim.get('/Users', { authorization: 'bearer nope' });
    expect(bad.headers['www-authenticate']).to.equal('Bearer realm="SCIM", error="invalid_token"');
    expectBody(await scim.get('/Users', { authorization: `bearer ${scim.token}` }), 200);
  });

  it('fact-26 answers 501 for what is not supported, with a valid token only', async () => {
    for (const { method, path } of SCIM_ROUTES.filter(({ handler }) => handler === 'me')) {
      const sent = { method, path: path.replace(':id', '1') };
      expectError(await scim.send(sent), 501);
      expectError(await scim.send({ ...sent, headers: { authorization: null } }), 401);
    }
  });

  it('fact-33 lets not bind closest, then and, then or', async () => {
    const a = await create({ title: 'a', nickName: 'x' });
    const b = await create({ title: 'b', nickName: 'x' });
    const c = await create({ title: 'c', nickName: 'y' });
    expect(await found('title eq "c" or title eq "a" and nickName eq "x"')).to.deep.equal([a.id, c.id]);
    expect(await found('(title eq "c" or title eq "a") and nickName eq "x"')).to.deep.equal([a.id]);
    expect(await found('not (title eq "a") and nickName eq "x"')).to.deep.equal([b.id]);
    expect(await found('not (title eq "a" or title eq "b")')).to.deep.equal([c.id]);
    expect(await found('NOT(title eq "a") OR title eq "a"')).to.have.length(3);
  });

  it('fact-34 refuses to order booleans and binaries', async () => {
    for (const filter of [
      'active gt true',
      'active le false',
      'x509Certificates.value gt "a"',
      'emails.primary ge true',
      'active co true',
    ])
      expectError(await scim.filter(filter), 400, 'invalidFilter');
  });

  it('fact-35 refuses what is no filter', async () => {
    for (const filter of [
      'userName zz "a"',
      'userName eq',
      'userName',
      'userName eq "a',
      'userName eq "a" and',
      'and userName eq "a"',
      'userName eq "a" "b"',
      '(userName eq "a"',
      'userName eq "a")',
      'emails[type eq "work"',
      'emails[type eq "work"]]',
      'emails[type eq "work"].nope eq "a"',
      'not userName eq "a"',
      'userName eq and',
      'userName gt null',
      'meta.created gt "yesterday"',
      'meta.created sw "2026"',
      'active eq "maybe"',
      'userName eq true',
      'name eq "Ada"',
      'nope eq "a"',
      'name.nope eq "a"',
      'userName.x eq "a"',
      'password pr',
      '',
      ' ',
    ])
      expectError(await scim.filter(filter), 400, 'invalidFilter');
  });

  it('fact-36 compares text as caseExact says', async () => {
    const { id } = await create({ externalId: 'AbC', displayName: 'Straße É' });
    expect(await found('displayName eq "STRASSE É"')).to.deep.equal([]);
    expect(await found('displayName eq "straße e\u0301"')).to.deep.equal([id]);
    expect(await found('displayName co "RASS"')).to.deep.equal([]);
    expect(await found('displayName sw "STR"')).to.deep.equal([id]);
    expect(await found('externalId sw "Ab"')).to.deep.equal([id]);
    expect(await found('externalId sw "ab"')).to.deep.equal([]);
    expect(await found('displayName ew "É"')).to.deep.equal([id]);
  });

  it('fact-37 takes any element, and lets two terms be met by different ones', async () => {
    const { id } = await create({ emails: [WORK, HOME] });
    expect(await found('emails.type eq "work" and emails.value ew "example.org"')).to.deep.equal([id]);
    expect(await found('emails[type eq "work" and value ew "example.org"]')).to.deep.equal([]);
    expect(await found('emails co "example.org"')).to.deep.equal([id]);
    expect(await found('emails[not (type eq "work")].value eq "home@example.org"')).to.deep.equal([id]);
  });

  it('fact-38 takes pr for "has a value"', async () => {
    const { id } = await create({ title: 'T', name: { givenName: 'A' }, emails: [WORK] });
    await create();
    for (const filter of [
      'title pr',
      'name pr',
      'name.givenName pr',
      'emails pr',
      'emails.value pr',
      'emails[type pr]',
    ])
      expect(await found(filter), filter).to.deep.equal([id]);
    expect(await found('name.familyName pr')).to.deep.equal([]);
    expect(await found('active pr and id pr and meta.created pr and schemas pr')).to.have.length(2);
  });

  it('fact-39 takes null for "no value", and ne for those without one too', async () => {
    const { id } = await create({ title: 'T', emails: [WORK] });
    const other = await create();
    expect(await found('title eq null')).to.deep.equal([other.id]);
    expect(await found('addresses eq null')).to.have.length(2);
    expect(await found('not (meta ne null) or addresses ne NULL')).to.deep.equal([]);
    for (const filter of ['addresses eq "null"', 'addresses gt null', 'name eq true'])
      expectError(await scim.filter(filter), 400, 'invalidFilter');
    expect(await found('title ne null')).to.deep.equal([id]);
    expect(await found('title ne "T"')).to.deep.equal([other.id]);
    expect(await found('title ne "X"')).to.deep.equal([id, other.id]);
    expect(await found('externalId eq null')).to.have.length(2);
    expect(await found('emails.value ne "work@example.com"')).to.deep.equal([other.id]);
    expect(await found('displayName ne null')).to.deep.equal([]);
  });

  it('fact-40 finds by schemas and by meta', async () => {
    const { id, meta } = await create({ [E]: { department: 'D' } });
    await create();
    expect(await found(`schemas eq "${E}"`)).to.deep.equal([id]);
    expect(await found(`schemas eq "${U}"`)).to.have.length(2);
    expect(await found('meta.resourceType eq "User"')).to.have.length(2);
    expect(await found(`meta.location eq "${meta.location}"`)).to.deep.equal([id]);
    expect(await found('meta.version eq "W/\\"1\\""')).to.have.length(2);
  });

  it('fact-41 compares dates as instants', async () => {
    const { id } = await create();
    for (const same of ['2026-10-01T12:00:00Z', '2026-10-01T14:00:00.000+02:00', '2026-10-01t07:30:00-04:30'])
      expect(await found(`meta.created eq "${same}"`), same).to.deep.equal([id]);
    expect(await found('meta.created lt "2026-10-01T12:00:00.0000001Z"')).to.deep.equal([id]);
    expect(await found('meta.created eq "2026-10-01T12:00:00.0000001Z"')).to.deep.equal([]);
    expect(await found('meta.created ne "2026-10-01T12:00:00.0000001Z"')).to.deep.equal([id]);
    expect(
      await found('meta.created gt "0001-01-01T00:00:00Z" and meta.created lt "9999-12-31T23:59:59-12:00"'),
    ).to.deep.equal([id]);
  });

  it('fact-44 shows and hides attributes, but never id and schemas', async () => {
    const { id } = await create({
      title: 'T',
      name: { givenName: 'A', familyName: 'B' },
      emails: [WORK],
      [E]: { department: 'D', division: 'V' },
    });
    const get = async (query: string) => expectBody(await scim.get(`/Users/${id}?${query}`), 200);
    expect(await get('attributes=name.givenName,emails.value')).to.deep.equal({
      schemas: [U, E],
      id,
      name: { givenName: 'A' },
      emails: [{ value: WORK.value }],
    });
    const hidden = await get('excludedAttributes=id,schemas,name.givenName,emails,meta,nope');
    expect(hidden).to.have.all.keys('schemas', 'id', 'userName', 'title', 'name', 'active', E);
    expect(hidden.name).to.deep.equal({ familyName: 'B' });
    expect((await get(`attributes=${E}`))[E]).to.deep.equal({ department: 'D', division: 'V' });
    expect((await get(`excludedAttributes=${E}:division`))[E]).to.deep.equal({ department: 'D' });
    expect(await get(`excludedAttributes=${E}`)).not.to.have.property(E);
    expect(await get('attributes=nope')).to.have.all.keys('schemas', 'id');
    expect(await get('attributes=')).to.include.keys('userName', 'meta');
    expectError(await scim.get(`/Users/${id}?attributes=title&excludedAttributes=name`), 400, 'invalidValue');
    const posted = expectBody(await scim.post('/Users?attributes=userName', aPerson({ title: 'x' })), 201);
    expect(posted).to.have.all.keys('schemas', 'id', 'userName');
    const put = expectBody(await scim.put(`/Users/${id}?excludedAttributes=meta`, aPerson()), 200);
    expect(put).not.to.have.property('meta');
    const path = `/Users/${id}?attributes=${U}:emails.value`;
    const patched = expectBody(await scim.patch(path, [{ op: 'add', path: 'emails', value: [WORK] }]), 200);
    expect(patched).to.deep.equal({ schemas: [U], id, emails: [{ value: WORK.value }] });
  });

  it('fact-48 shows later operations what earlier ones did', async () => {
    const { id } = await create();
    const shown = expectBody(
      await scim.patch(`/Users/${id}`, [
        { op: 'add', path: 'emails', value: [WORK] },
        { op: 'replace', path: 'emails[type eq "work"].value', value: 'later@example.com' },
        { op: 'add', path: 'emails', value: [HOME] },
        { op: 'remove', path: 'emails[value eq "later@example.com"]' },
      ]),
      200,
    );
    expect(shown.emails).to.deep.equal([HOME]);
  });

  it('fact-52 removes what a filter finds, and succeeds when it finds nothing', async () => {
    const { id } = await create({ emails: [WORK, HOME] });
    const shown = expectBody(await scim.patch(`/Users/${id}`, [{ op: 'remove', path: 'emails[type eq "home"]' }]), 200);
    expect(shown.emails).to.deep.equal([WORK]);
    const again = await scim.patch(`/Users/${id}`, [{ op: 'remove', path: 'emails[type eq "home"]' }]);
    expect(expectBody(again, 200)).to.deep.equal(shown);
  });

  it('fact-53 replaces a whole element by a value path without sub-attribute, and completes it by add', async () => {
    const { id } = await create({ emails: [{ ...WORK, display: 'W' }, HOME] });
    const path = 'emails[type eq "work"]';
    const completed = expectBody(
      await scim.patch(`/Users/${id}`, [{ op: 'add', path, value: { primary: true } }]),
      200,
    );
    expect(completed.emails[0]).to.deep.equal({ ...WORK, display: 'W', primary: true });
    const value = { type: 'work', value: 'new@example.com' };
    const replaced = expectBody(await scim.patch(`/Users/${id}`, [{ op: 'replace', path, value }]), 200);
    expect(replaced.emails).to.deep.equal([value, HOME]);
    const texted = expectBody(
      await scim.patch(`/Users/${id}`, [{ op: 'replace', path, value: 'text@example.com' }]),
      200,
    );
    expect(texted.emails[0]).to.deep.equal({ type: 'work', value: 'text@example.com' });
  });

  it('fact-56 answers 304 to the version the client has, and 412 to one that is gone', async () => {
    const { id, meta } = await create();
    const path = `/Users/${id}`;
    for (const tag of [meta.version, '*', '"1"', `"99", ${meta.version}`]) {
      const answer = await scim.get(path, { 'if-none-match': tag });
      expectEmpty(answer, 304);
      expect(answer.headers.etag).to.equal(meta.version);
    }
    expectBody(await scim.get(path, { 'if-none-match': 'W/"99"' }), 200);
    const rename = [{ op: 'replace', path: 'title', value: 'T' }];
    for (const tag of ['W/"99"', 'nonsense', '"x"']) {
      const stale = { 'if-match': tag };
      expectError(await scim.patch(path, rename, stale), 412);
      expectError(await scim.put(path, aPerson(), stale), 412);
      expectError(await scim.delete(path, stale), 412);
    }
    expect(await scim.stored(id)).to.have.property('version', 1);
    const changed = await scim.patch(path, rename, { 'if-match': `W/"7", ${meta.version}` });
    expect(expectBody(changed, 200).title).to.equal('T');
    expectError(await scim.patch(path, rename, { 'if-match': meta.version }), 412);
    expectEmpty(await scim.delete(path, { 'if-match': changed.headers.etag ?? '' }), 204);
  });

  it('fact-56 lets exactly one of many conditional writers win', async () => {
    const { id, meta } = await create();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: `t${at}` }], { 'if-match': meta.version }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).to.deep.equal([200, ...Array.from({ length: 9 }, () => 412)]);
  });

  it('fact-59 ignores list parameters on discovery, refuses filters, and takes no writes', async () => {
    expectBody(await scim.get('/ServiceProviderConfig?filter=invalid&sortBy=id&startIndex=999'), 200);
    expectList(await scim.get('/Schemas?startIndex=5&count=0&attributes=id'), 3);
    for (const path of ['/Schemas', '/ResourceTypes']) expectError(await scim.get(`${path}?filter=id%20pr`), 403);
    for (const path of ['/ServiceProviderConfig', '/Schemas', '/ResourceTypes', `/Schemas/${U}`, '/ResourceTypes/User'])
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const answer = await scim.send({ method, path });
        expectError(answer, 405);
        expect(answer.headers.allow).to.equal('GET');
      }
    expectError(await scim.get('/ResourceTypes/Nothing'), 404);
    expectError(await scim.get('/Schemas/urn:ietf:params:scim:api:messages:2.0:PatchOp'), 404);
    expectError(await scim.get('/ServiceProviderConfig', { authorization: null }), 401);
    expectBody(await scim.get('/serviceConfiguration'), 200);
    for (const { meta } of [...expectList(await scim.get('/Schemas')), ...expectList(await scim.get('/ResourceTypes'))])
      expectBody(await scim.get(meta.location.slice(scim.root.length)), 200);
  });

  it('caps a page at 200 and shows 100 unless told', async () => {
    for (let made = 0; made < 203; made++) await create();
    expect(expectList(await scim.get('/Users'), 203)).to.have.length(100);
    expect(expectList(await scim.get('/Users?count=1000'), 203)).to.have.length(200);
    expect(expectList(await scim.filter('title eq null', '&count=1000'), 203)).to.have.length(200);
  });
});

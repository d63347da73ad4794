import { expect } from 'chai';
import { AppError } from '../../src/core/errors.ts';
import { aPerson, E, expectBody, expectError, expectList, G, U } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

describe('SCIM cases: connection, auth, transport', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  it('case-C01 answers Okta’s connection test with a list of at most two', async () => {
    for (let made = 0; made < 3; made++) await scim.post('/Users', aPerson());
    const answer = await scim.get('/Users?startIndex=1&count=2', { 'user-agent': 'Okta SCIM Client 1.0.0' });
    expect(expectList(answer, 3)).to.have.length(2);
    expect(answer.body.startIndex).to.equal(1);
    expect(answer.body.itemsPerPage).to.equal(2);
  });

  it('case-C02 shows a first user with all that Okta looks for', async () => {
    const sent = aPerson({
      name: { familyName: 'Byron', givenName: 'Ada' },
      emails: [{ value: 'ada@example.com', primary: true }],
      active: true,
    });
    await scim.post('/Users', sent);
    const [user] = expectList(await scim.get('/Users?count=1&startIndex=1'), 1);
    expect(user.id).to.be.a('string').that.is.not.empty;
    expect(user.name).to.include({ familyName: 'Byron', givenName: 'Ada' });
    expect(user.userName).to.equal(sent.userName);
    expect(user.active).to.equal(true);
    expect(user.emails[0].value).to.equal('ada@example.com');
    expect((await scim.record(user.id)).attributes).to.deep.equal({
      userName: sent.userName,
      name: { familyName: 'Byron', givenName: 'Ada' },
      emails: [{ value: 'ada@example.com', primary: true }],
    });
  });

  it('case-C03 answers Entra’s connection test with an empty list, never 404', async () => {
    const answer = await scim.filter('userName eq "6a9b1f3c-2f51-4d3e-9d5e-7f0c9f6f2a11"');
    expect(expectList(answer, 0)).to.deep.equal([]);
  });

  it('case-C04 answers OneLogin’s nonsense userName with an empty list', async () => {
    expect(expectList(await scim.filter('userName eq "no-such-person-zzz"'), 0)).to.deep.equal([]);
  });

  it('case-C05 answers PingFederate’s GET /Users/0 with 404 and makes no incident of it', async () => {
    expectError(await scim.get('/Users/0'), 404);
    expect(scim.crashes).to.deep.equal([]);
  });

  it('case-C06 serves valid discovery documents without nulls', async () => {
    for (const path of [
      '/ServiceProviderConfig',
      '/ResourceTypes',
      '/Schemas',
      '/ResourceTypes/User',
      '/ResourceTypes/Group',
    ]) {
      const answer = await scim.get(path);
      expectBody(answer, 200);
      expect(answer.text, path).not.to.include('null');
    }
    const config = (await scim.get('/ServiceProviderConfig')).body;
    expect(config.schemas).to.deep.equal(['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig']);
    expect(config.patch).to.deep.equal({ supported: true });
    expect(config.bulk)
      .to.include({ supported: true })
      .and.to.have.keys('supported', 'maxOperations', 'maxPayloadSize');
    expect(config.filter).to.deep.equal({ supported: true, maxResults: 200 });
    for (const feature of ['changePassword', 'sort', 'etag']) expect(config[feature].supported).to.be.a('boolean');
    expect(config.authenticationSchemes[0]).to.include.keys('type', 'name', 'description');
    const [type, ...others] = expectList(await scim.get('/ResourceTypes'), 2);
    expect(others.map(({ id }) => id)).to.deep.equal(['Group']);
    expect(type).to.include({ id: 'User', name: 'User', endpoint: '/Users', schema: U });
    expect(type.schemaExtensions).to.deep.equal([{ schema: E, required: false }]);
    expect(expectBody(await scim.get('/ResourceTypes/User'), 200)).to.deep.equal(type);
  });

  it('case-C07 answers an Authorization that is no token with a 401 SCIM error', async () => {
    expectError(await scim.get('/Users', { authorization: 'non-token' }), 401);
  });

  it('case-C08 answers no, broken, unknown and foreign tokens with 401 and WWW-Authenticate', async () => {
    const other = await scim.addTenant();
    const unknown = `${scim.token.slice(0, -1)}${scim.token.endsWith('0') ? '1' : '0'}`;
    for (const authorization of [null, '', 'Bearer', 'Bearer nonsense', `Bearer ${unknown}`, `Bearer ${other.token}`]) {
      const answer = await scim.get('/Users', { authorization });
      expectError(answer, 401);
      expect(answer.headers['www-authenticate'], String(authorization)).to.match(/^Bearer /);
    }
  });

  it('case-C09 answers an unknown id with a 404 SCIM error', async () => {
    const { detail } = expectError(await scim.get('/Users/00919288221112222'), 404);
    expect(detail).to.include('00919288221112222');
  });

  it('case-C10 answers every refusal as a SCIM error, whoever refuses', async () => {
    const json = { 'content-type': 'application/json' };
    const refusals: readonly [number, Parameters<ScimServer['send']>[0]][] = [
      [404, { method: 'GET', path: '/Nothing' }],
      [404, { method: 'GET', path: '/Users/a/b/c' }],
      [404, { method: 'GET', path: '/%zz' }],
      [405, { method: 'DELETE', path: '/Users' }],
      [405, { method: 'PUT', path: '/Schemas', text: '{}', headers: json }],
      [400, { method: 'POST', path: '/Users', text: '{"userName":', headers: json }],
      [400, { method: 'POST', path: '/Users', text: '[]', headers: json }],
      [400, { method: 'POST', path: '/Users', text: '"text"', headers: json }],
      [413, { method: 'POST', path: '/Users', text: `{"userName":"${'x'.repeat(1_100_000)}"}`, headers: json }],
      [415, { method: 'POST', path: '/Users', text: '{}', headers: { ...json, 'content-encoding': 'snappy' } }],
      [415, { method: 'POST', path: '/Users', text: '{}', headers: { 'content-type': 'application/json; charset=x' } }],
      [400, { method: 'POST', path: '/Users', text: 'no gzip', headers: { ...json, 'content-encoding': 'gzip' } }],
      [400, { method: 'GET', path: '/Users?filter=(((' }],
    ];
    for (const [status, sent] of refusals) {
      const answer = await scim.send(sent);
      expect(answer.status, `${sent.method} ${sent.path} ${answer.text}`).to.equal(status);
      expectError(answer, status, answer.body.scimType);
    }
    expect(await scim.countUsers()).to.equal(0);
  });

  it('case-C10 hides what crashed, and tells the operator', async () => {
    const broken = await startScim({
      crashes: true,
      users: (users) => ({
        ...users,
        list: () => Promise.reject(new Error('the secret reason')),
      }),
    });
    try {
      const answer = await broken.get('/Users?filter=title eq "private"'.replaceAll(' ', '%20'));
      expectError(answer, 500);
      expect(answer.text).not.to.include('secret');
      expect(broken.crashes).to.have.length(1);
      expect(String(broken.crashes[0]?.error)).to.include('the secret reason');
      expect(JSON.stringify(broken.crashes)).not.to.include('private');
    } finally {
      await broken.stop();
    }
  });

  it('case-C11 takes application/json for SCIM', async () => {
    const sent = aPerson();
    const { id } = expectBody(await scim.post('/Users', sent, { 'content-type': 'application/json' }), 201);
    expect((await scim.record(id)).attributes).to.deep.equal({ userName: sent.userName });
  });

  it('case-C12 takes Okta’s media type parameters and Accept-Charset', async () => {
    const sent = aPerson({ displayName: 'Grüße 🙂' });
    const headers = { 'content-type': 'application/scim+json; charset=utf-8', 'accept-charset': 'utf-8' };
    const { id } = expectBody(await scim.post('/Users', sent, headers), 201);
    expect((await scim.record(id)).attributes.displayName).to.equal('Grüße 🙂');
  });

  it('case-C13 answers application/scim+json whatever is accepted', async () => {
    for (const accept of ['application/scim+json, application/json', '*/*', 'application/json', null])
      expectBody(await scim.get('/Users', { accept }), 200);
  });

  it('case-C14 takes a PATCH without a User-Agent, or with an empty one', async () => {
    const { id } = (await scim.post('/Users', aPerson())).body;
    for (const [title, agent] of [
      ['one', null],
      ['two', ''],
    ] as const) {
      const answer = await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: title }], {
        'user-agent': agent,
      });
      expect(expectBody(answer, 200).title).to.equal(title);
      expect((await scim.record(id)).attributes.title).to.equal(title);
    }
  });

  it('case-C15 takes a trailing slash for nothing, in the base URL too', async () => {
    const { id, userName } = (await scim.post('/Users', aPerson())).body;
    const filter = encodeURIComponent(`userName eq "${userName}"`);
    expect(expectList(await scim.get(`/Users/?filter=${filter}`), 1)[0].id).to.equal(id);
    expect(expectBody(await scim.get(`/Users/${id}/`), 200).id).to.equal(id);
    expectBody(await scim.post('/Users/', aPerson()), 201);
    expect(expectList(await scim.get(`//Users?filter=${filter}`), 1)[0].id).to.equal(id);
    expect(expectBody(await scim.get(`//Users/${id}`), 200).id).to.equal(id);
  });

  it('case-C16 finds /users as well as /Users', async () => {
    const { id } = expectBody(await scim.post('/users', aPerson()), 201);
    expect(expectList(await scim.get('/users'), 1)[0].id).to.equal(id);
    expect(expectBody(await scim.get(`/USERS/${id}`), 200).id).to.equal(id);
    expectBody(await scim.get('/serviceproviderconfig'), 200);
  });

  it('case-C17 refuses a foreign media type with 415 and no body with 400', async () => {
    const text = JSON.stringify(aPerson());
    const post = { method: 'POST', path: '/Users' };
    expectError(await scim.send({ ...post, text, headers: { 'content-type': 'text/plain' } }), 415);
    expectError(await scim.send({ ...post, text }), 415);
    expectError(await scim.send(post), 400, 'invalidSyntax');
    expectError(
      await scim.send({ ...post, text: '', headers: { 'content-type': 'text/plain' } }),
      400,
      'invalidSyntax',
    );
    expect(await scim.countUsers()).to.equal(0);
  });

  it('case-C18 refuses malformed JSON with invalidSyntax', async () => {
    for (const text of ['{', '{"userName": "a",}', 'userName=a', '{"a":1}{"b":2}', '\u0000'])
      expectError(
        await scim.send({ method: 'POST', path: '/Users', text, headers: { 'content-type': 'application/scim+json' } }),
        400,
        'invalidSyntax',
      );
    expect(await scim.countUsers()).to.equal(0);
  });

  it('case-C21 answers passing trouble with 503 and Retry-After, never 401, 403 or 404', async () => {
    for (const code of ['unavailable', 'stale'] as const) {
      const failing = () => Promise.reject(new AppError(code, 'come back later'));
      const busy = await startScim({
        users: (users) => ({ ...users, read: failing, list: failing, provision: failing, modify: failing }),
      });
      try {
        for (const answer of [
          await busy.get('/Users/1'),
          await busy.get('/Users'),
          await busy.post('/Users', aPerson()),
          await busy.patch('/Users/1', []),
        ]) {
          expectError(answer, 503);
          expect(answer.headers['retry-after']).to.match(/^\d+$/);
        }
      } finally {
        await busy.stop();
      }
    }
  });

  it('case-C23 describes every attribute in /Schemas without nulls and with the RFC’s spelling', async () => {
    const answer = await scim.get('/Schemas');
    expect(answer.text).not.to.include('null');
    const schemas = expectList(answer, 3);
    expect(schemas.map(({ id }) => id)).to.deep.equal([U, E, G]);
    const attributes = schemas.flatMap((schema) => schema.attributes);
    const all = attributes.flatMap((attribute) => [attribute, ...(attribute.subAttributes ?? [])]);
    for (const { name, type, multiValued, required, mutability, returned, uniqueness, canonicalValues } of all) {
      expect(type, name).to.be.oneOf(['string', 'boolean', 'reference', 'binary', 'complex']);
      expect(multiValued, name).to.be.a('boolean');
      expect(required, name).to.be.a('boolean');
      expect(mutability, name).to.be.oneOf(['readOnly', 'readWrite', 'immutable']);
      expect(returned, name).to.be.oneOf(['default', 'always']);
      expect(uniqueness ?? 'none', name).to.be.oneOf(['none', 'server', 'global']);
      if (canonicalValues) expect(canonicalValues, name).not.to.be.empty;
    }
    const names = attributes.map(({ name }) => name);
    expect(names).to.include.members([
      'userName',
      'name',
      'emails',
      'addresses',
      'roles',
      'groups',
      'active',
      'manager',
    ]);
    expect(names).not.to.include('password');
    expect(attributes.find(({ name }) => name === 'groups').mutability).to.equal('readOnly');
    for (const schema of schemas)
      expect(expectBody(await scim.get(`/Schemas/${schema.id}`), 200)).to.deep.equal(schema);
  });
});

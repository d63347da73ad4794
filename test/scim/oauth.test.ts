import { request } from 'node:http';
import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';
import { createScimClient } from './client.ts';
import { aPerson, expectBody, expectError } from './expectations.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FORM = 'application/x-www-form-urlencoded';

interface TokenAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: Body;
}

describeBothWays('OAuth client credentials', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let clients = '';
  let client: Body;
  let now = 0;
  beforeEach(async () => {
    now = Date.parse('2026-10-01T12:00:00.000Z');
    rollcall = await startRollcall({ env: way.env(), overrides: { clock: { now: () => now } } });
    organization = await rollcall.addOrganization();
    await organization.change({ scim: { enabled: true } });
    const connections = `${organization.path}/scim-connections`;
    const connection = expectStatus(await rollcall.api.post(connections, { name: 'Entra' }), 201);
    clients = `${connections}/${connection.id}/clients`;
    client = expectStatus(await rollcall.api.post(clients, { name: 'Entra gallery' }), 201);
  });
  afterEach(() => rollcall.stop());

  const send = (
    form: { readonly [name: string]: string } | string,
    headers: { readonly [name: string]: string } = {},
    target: { readonly method?: string; readonly path?: string } = {},
  ) => exchange(rollcall.url, typeof form === 'string' ? form : `${new URLSearchParams(form)}`, headers, target);
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
  });
  const grant = { grant_type: 'client_credentials' };
  const byBody = (secret: string = client.secret, more: object = {}) =>
    send({ ...grant, client_id: client.id, client_secret: secret, ...more });
  const scimWith = (token: string) => createScimClient(`${rollcall.url}/scim/v2/${organization.id}`, token);
  const tokenFrom = (answer: TokenAnswer): string => {
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return answer.body.access_token;
  };
  const statusWith = async (token: string) => (await scimWith(token).get('/Users')).status;

  it('case-C22 RFC 6749 §4.4 gives an access token for an hour, by HTTP Basic and by the body', async () => {
    expect(client.tokenEndpoint).to.equal(`${rollcall.url}/oauth/token`);
    for (const answer of [await send(grant, basic(client.id, client.secret)), await byBody()]) {
      const token = tokenFrom(answer);
      expect(answer.body).to.deep.equal({
        access_token: token,
        token_type: 'Bearer',
        expires_in: 3_600,
        scope: 'scim:read scim:users scim:groups',
      });
      expect(answer.headers).to.include({ 'cache-control': 'no-store', pragma: 'no-cache' });
      expect(answer.headers['content-type']).to.match(/^application\/json/);
      expectBody(await scimWith(token).post('/Users', aPerson()), 201);
    }
    const { stores } = rollcall.rollcall.deps;
    const listed = await stores.tokens.connections(organization.id);
    const { users } = await stores.users.listForScim({
      organizationId: organization.id,
      connectionId: listed.find(({ name }) => name === 'Entra')?.id ?? '',
      from: { offset: 0 },
      limit: 10,
    });
    expect(users.map(({ scim }) => scim.connectionId))
      .to.have.length(2)
      .and.not.include(null);
  });

  it('an access token dies after exactly an hour, and with the secret it was got with', async () => {
    const token = tokenFrom(await byBody());
    now += 60 * MINUTE_MS - 1;
    expect(await statusWith(token)).to.equal(200);
    now += 1;
    expect(await statusWith(token)).to.equal(401);
    now = Date.parse(client.secrets[0].expiresAt) - 10 * MINUTE_MS;
    const last = await byBody();
    expect(last.body.expires_in).to.equal(600);
    now += 10 * MINUTE_MS;
    expect(await statusWith(tokenFrom(last))).to.equal(401);
    expect((await byBody()).body.error).to.equal('invalid_client');
  });

  it('narrows to the scopes asked for, and never beyond those of the client', async () => {
    const reader = await byBody(client.secret, { scope: 'scim:read' });
    expect(reader.body.scope).to.equal('scim:read');
    const scim = scimWith(tokenFrom(reader));
    expect((await scim.get('/Users')).status).to.equal(200);
    expectError(await scim.post('/Users', aPerson()), 403);
    const limited = expectStatus(await rollcall.api.post(clients, { name: 'b', scopes: ['scim:read'] }), 201);
    const asked = (scope: string) => send({ ...grant, client_id: limited.id, client_secret: limited.secret, scope });
    for (const scope of ['scim:read', ''])
      expect(await asked(scope), scope)
        .to.deep.include({ status: 200 })
        .and.nested.include({ 'body.scope': 'scim:read' });
    for (const scope of ['scim:users', 'scim:read scim:users', 'admin', ' ', 'SCIM:READ'])
      expect(await asked(scope), scope)
        .to.deep.include({ status: 400 })
        .and.nested.include({ 'body.error': 'invalid_scope' });
  });

  it('RFC 6749 §3.2 takes a parameter without a value as not sent', async () => {
    const blank = { client_id: '', client_secret: '', scope: '', resource: '' };
    tokenFrom(await send({ ...grant, ...blank }, basic(client.id, client.secret)));
  });

  it('RFC 6749 §5.2 names what is wrong with a request', async () => {
    const { id, secret } = client;
    const good = { ...grant, client_id: id, client_secret: secret };
    const cases: readonly (readonly [string, Promise<TokenAnswer>, number, string])[] = [
      ['no grant', send({ client_id: id, client_secret: secret }), 400, 'invalid_request'],
      ['another grant', send({ ...good, grant_type: 'password' }), 400, 'unsupported_grant_type'],
      [
        'a parameter twice',
        send(`${new URLSearchParams(good)}&scope=scim:read&scope=scim:read`),
        400,
        'invalid_request',
      ],
      ['a grant without a value', send({ ...good, grant_type: '' }), 400, 'invalid_request'],
      ['two authentications', send(good, basic(id, secret)), 400, 'invalid_request'],
      ['another client_id', send({ ...grant, client_id: 'x' }, basic(id, secret)), 400, 'invalid_request'],
      ['no authentication', send(grant), 401, 'invalid_client'],
      ['no secret', send({ ...grant, client_id: id }), 401, 'invalid_client'],
      ['a wrong secret', send({ ...good, client_secret: `${secret}x` }), 401, 'invalid_client'],
      ['somebody else', send({ ...good, client_id: 'nobody' }), 401, 'invalid_client'],
      ['a wrong Basic secret', send(grant, basic(id, 'wrong')), 401, 'invalid_client'],
      ['Basic garbage', send(grant, { authorization: 'Basic %%%' }), 401, 'invalid_client'],
      ['Basic of broken escapes', send(grant, { authorization: `Basic ${btoa('%zz:%zz')}` }), 401, 'invalid_client'],
      ['a bearer token', send(grant, { authorization: `Bearer ${secret}` }), 401, 'invalid_client'],
      ['JSON', send(JSON.stringify(good), { 'content-type': 'application/json' }), 400, 'invalid_request'],
      ['too much', send({ ...good, scope: 'x'.repeat(20_000) }), 400, 'invalid_request'],
      ['nothing', send(''), 400, 'invalid_request'],
      ['a GET', send('', {}, { method: 'GET' }), 405, 'invalid_request'],
      ['another path', send(good, {}, { path: '/oauth/other' }), 404, 'invalid_request'],
      [
        'credentials in the URL',
        send(grant, {}, { path: `/oauth/token?${new URLSearchParams(good)}` }),
        401,
        'invalid_client',
      ],
      ['prototype names', send(`__proto__=x&constructor=y&${new URLSearchParams(grant)}`), 401, 'invalid_client'],
    ];
    for (const [what, sent, status, error] of cases) {
      const answer = await sent;
      expect([answer.status, answer.body.error], what).to.deep.equal([status, error]);
      expect(answer.body.error_description, what).to.be.a('string').that.is.not.empty;
      expect(answer.headers['cache-control'], what).to.equal('no-store');
      if (status === 401) expect(answer.headers['www-authenticate'], what).to.match(/^Basic realm=/);
      expect(JSON.stringify(answer.body), what).not.to.contain(secret);
    }
  });

  it('case-C22 rotates secrets without a pause: two may live at once', async () => {
    const secrets = `${clients}/${client.id}/secrets`;
    const second = expectStatus(await rollcall.api.post(secrets, {}), 201);
    expect(second.secrets.map(({ id }: Body) => id)).to.deep.equal([client.secretId, second.secretId]);
    expect((await rollcall.api.post(secrets, {})).body.code).to.equal('token_limit');
    const [old, fresh] = [
      tokenFrom(await byBody()),
      await until('it is known', async () => (await byBody(second.secret)).body.access_token),
    ];
    expect([await statusWith(old), await statusWith(fresh)]).to.deep.equal([200, 200]);
    const [shown] = expectStatus(await rollcall.api.get(clients), 200).items;
    expect(shown.secrets[0].lastUsedAt).to.equal(new Date(now).toISOString());

    const from = performance.now();
    expectStatus(await rollcall.api.delete(`${secrets}/${client.secretId}`), 204);
    await until('what it gave is dead', async () => (await statusWith(old)) === 401);
    expect(performance.now() - from).to.be.below(1_500);
    expect([await statusWith(fresh), (await byBody()).body.error]).to.deep.equal([200, 'invalid_client']);
    expect((await rollcall.api.delete(`${secrets}/${client.secretId}`)).status).to.equal(404);
    expectStatus(await rollcall.api.post(secrets, { expiresInDays: 365 }), 201);
    for (const expiresInDays of [364, 1_097, 0.5])
      expect((await rollcall.api.post(secrets, { expiresInDays })).status).to.equal(400);
    now += 365 * DAY_MS;
    expectStatus(await rollcall.api.post(secrets, { expiresInDays: 1_096 }), 201);
  });

  it('kills the access tokens of a client that is revoked, within a second', async () => {
    const token = tokenFrom(await byBody());
    expect(await statusWith(token)).to.equal(200);
    const from = performance.now();
    expectStatus(await rollcall.api.delete(`${clients}/${client.id}`), 204);
    await until('it is dead', async () => (await statusWith(token)) === 401);
    expect(performance.now() - from).to.be.below(1_500);
    expect((await byBody()).body.error).to.equal('invalid_client');
    expect(expectStatus(await rollcall.api.get(clients), 200).total).to.equal(0);
    expect((await rollcall.api.delete(`${clients}/${client.id}`)).status).to.equal(404);
    expect((await rollcall.api.post(`${clients}/${client.id}/secrets`, {})).status).to.equal(404);
  });

  it('gives nothing to a connection that is off, whose tokens are refused', async () => {
    const token = tokenFrom(await byBody());
    const connection = clients.replace('/clients', '');
    expectStatus(await rollcall.api.patch(connection, { enabled: false }), 200);
    await until('it is off', async () => (await statusWith(token)) === 403);
    expect(await byBody())
      .to.deep.include({ status: 400 })
      .and.nested.include({ 'body.error': 'unauthorized_client' });
  });

  it('S07 takes no token for what it is not, anywhere, and none that was tampered with', async () => {
    const access = tokenFrom(await byBody());
    const made = expectStatus(await rollcall.api.post(`${organization.path}/scim-tokens`, { name: 'a' }), 201);
    for (const wrong of [client.secret, rollcall.operatorKey, `${access}x`, access.slice(0, -1), access.toUpperCase()])
      expect(await statusWith(wrong), wrong).to.equal(401);
    for (const [at, letter] of access.split('').entries()) {
      if (at % 7 > 0) continue;
      const changed = `${access.slice(0, at)}${letter === '2' ? '3' : '2'}${access.slice(at + 1)}`;
      expect(await statusWith(changed), changed).to.equal(401);
    }
    for (const token of [access, made.token, client.secret]) {
      const authorization = `Bearer ${token}`;
      expect((await rollcall.api.get('/organizations', { authorization })).status).to.equal(401);
    }
    for (const secret of [made.token, access, rollcall.operatorKey])
      expect((await byBody(secret)).body.error).to.equal('invalid_client');
  });

  it('S07 keeps no secret and no access token, and shows a secret once', async () => {
    const access = tokenFrom(await byBody());
    await scimWith(access).get('/Users');
    const { stores } = rollcall.rollcall.deps;
    const [, connection] = await stores.tokens.connections(organization.id);
    const kept = JSON.stringify([
      await stores.clients.list(organization.id, connection?.id ?? ''),
      await stores.tokens.list(organization.id),
    ]);
    const shown = (await rollcall.api.get(clients)).text;
    for (const text of [kept, shown, rollcall.log()])
      for (const secret of [client.secret, access]) expect(text).not.to.contain(secret);
  });
});

function exchange(
  url: string,
  text: string,
  headers: { readonly [name: string]: string },
  { method = 'POST', path = '/oauth/token' }: { readonly method?: string; readonly path?: string },
): Promise<TokenAnswer> {
  return new Promise((resolve, reject) => {
    const all = { 'content-type': FORM, 'content-length': String(Buffer.byteLength(text)), ...headers };
    const outgoing = request(new URL(path, url), { method, headers: all, timeout: 10_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

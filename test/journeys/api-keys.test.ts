import { expect } from 'chai';
import { API_SCOPES } from '../../src/core/api-key.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { NOBODY, requestFor } from '../http/calls.ts';
import { type ApiClient, type Body, createApiClient } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const DAY_MS = 86_400_000;

describeBothWays('Keys of an organization', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let path = '';
  let now = 0;
  /** How far the clock goes on each time it is read. */
  let tick = 0;
  before(async () => {
    const clock = {
      now() {
        now += tick;
        return Date.now() + now;
      },
    };
    const overrides = way.name === 'embedded' ? { clock } : {};
    rollcall = await startRollcall({ env: way.env(), google: { people: 1 }, microsoft: { people: 1 }, overrides });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    now = 0;
    tick = 0;
    organization = await rollcall.addOrganization();
    path = `${organization.path}/api-keys`;
  });

  const make = async (body: object = {}): Promise<Body> =>
    expectStatus(await rollcall.api.post(path, { name: 'the application', scopes: API_SCOPES, ...body }), 201);
  const as = ({ key }: Body): ApiClient => createApiClient(rollcall.url, key);
  const scoped = ROUTES.filter(({ policy }) => policy !== 'public' && policy !== 'operator');

  it('are shown once, and kept as a digest only', async () => {
    const made = await make();
    expect(made.key).to.match(/^rcl_api_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$/);
    const { items, total } = expectStatus(await rollcall.api.get(path), 200);
    const { key, ...shown } = made;
    expect(items).to.deep.equal([shown]);
    expect(total).to.equal(1);
    const stored = JSON.stringify(await rollcall.rollcall.deps.stores.apiKeys.get(organization.id));
    expect(stored).to.contain(made.keyId).and.not.to.contain(key.slice(-49));
    expect(rollcall.log()).not.to.contain(key.slice(-49));
  });

  it('open each row by the scope it names and by no other', async () => {
    for (const scope of API_SCOPES) {
      const mine = as(await make({ name: scope, scopes: [scope] }));
      const others = as(await make({ name: `not ${scope}`, scopes: API_SCOPES.filter((one) => one !== scope) }));
      for (const route of scoped.filter(({ policy }) => policy === scope)) {
        const request = requestFor(route, { ...NOBODY, org: organization.id }, rollcall);
        const refused = await others.send(request);
        expect([refused.status, refused.body?.code, refused.body?.scope], route.name).to.deep.equal([
          403,
          'insufficient_scope',
          scope,
        ]);
        expect(refused.body.detail).to.contain(scope);
        const { status, body } = await mine.send(request);
        expect(status, route.name).not.to.be.oneOf([401, 500]);
        expect(body?.code, route.name).not.to.be.oneOf(['insufficient_scope', 'forbidden']);
      }
    }
  });

  it('find another organization as little as one that is not there', async () => {
    const mine = as(await make());
    const other = await rollcall.addOrganization();
    for (const route of scoped) {
      const [foreign, nobody] = await Promise.all(
        [other.id, 'none'].map((org) => mine.send(requestFor(route, { ...NOBODY, org }, rollcall))),
      );
      expect(foreign?.status, route.name).to.equal(404);
      expect(foreign?.body).to.deep.equal(nobody?.body);
    }
  });

  it('never open what is the operator’s', async () => {
    const mine = as(await make());
    const closed = ROUTES.filter(({ policy }) => policy === 'operator');
    expect(closed.length).to.be.greaterThan(5);
    for (const route of closed) {
      const answer = await mine.send(requestFor(route, { ...NOBODY, org: organization.id }, rollcall));
      expect([answer.status, answer.body?.code], route.name).to.deep.equal([403, 'forbidden']);
    }
    expect(expectStatus(await rollcall.api.get(path), 200).total).to.equal(1);
  });

  it('do not open SCIM, nor SCIM tokens the API', async () => {
    const { key } = await make();
    const headers = { authorization: `Bearer ${key}` };
    const scim = await rollcall.api.send({ method: 'GET', path: `/scim/v2/${organization.id}/Users`, headers });
    expect(scim.status).to.equal(401);
    const { token } = expectStatus(await rollcall.api.post(`${organization.path}/scim-tokens`, { name: 'a' }), 201);
    expect((await createApiClient(rollcall.url, token).get(`${organization.path}/users`)).status).to.equal(401);
  });

  it('are at most 100 alive in an organization', async () => {
    for (let n = 0; n < 100; n++) await make({ name: `key ${n}` });
    const { status, body } = await rollcall.api.post(path, { name: 'one more', scopes: ['sign-ins'] });
    expect([status, body.code]).to.deep.equal([409, 'token_limit']);
    const { items } = expectStatus(await rollcall.api.get(path), 200);
    expectStatus(await rollcall.api.delete(`${path}/${items[0].id}`), 204);
    await make({ name: 'one more' });
  });

  it('are two of a name, whatever its case, even when twenty are made at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        rollcall.api.post(path, { name: n % 2 ? 'HOST' : 'host', scopes: ['sign-ins'] }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).to.have.length(2);
    expect((await rollcall.api.post(path, { name: 'Host', scopes: ['sign-ins'] })).body.code).to.equal('token_limit');
    await make({ name: 'another' });
    const { items } = expectStatus(await rollcall.api.get(path), 200);
    expectStatus(await rollcall.api.delete(`${path}/${items[0].id}`), 204);
    await make({ name: 'host' });
  });

  it('are dead at once when revoked', async () => {
    const made = await make();
    expectStatus(await as(made).get(`${organization.path}/users`), 200);
    expectStatus(await rollcall.api.delete(`${path}/${made.id}`), 204);
    expect((await as(made).get(`${organization.path}/users`)).status).to.equal(401);
    expect(expectStatus(await rollcall.api.get(path), 200).items).to.deep.equal([]);
    expect((await rollcall.api.delete(`${path}/${made.id}`)).status).to.equal(404);
  });

  it('are rotated: the new one has name and scopes, the old one ends after the grace, or at once', async () => {
    const first = await make({ scopes: ['people:read'] });
    const second = expectStatus(await rollcall.api.post(`${path}/${first.id}/rotate`, { graceHours: 24 }), 201);
    expect(second).to.deep.include({ name: first.name, scopes: ['people:read'] });
    for (const key of [first, second]) expectStatus(await as(key).get(`${organization.path}/users`), 200);
    expect((await rollcall.api.post(`${path}/${second.id}/rotate`)).body.code).to.equal('token_limit');
    expectStatus(await rollcall.api.delete(`${path}/${first.id}`), 204);
    const third = expectStatus(await rollcall.api.post(`${path}/${second.id}/rotate`, { graceHours: 0 }), 201);
    expect((await as(second).get(`${organization.path}/users`)).status).to.equal(401);
    expectStatus(await as(third).get(`${organization.path}/users`), 200);
    expect((await rollcall.api.post(`${path}/${second.id}/rotate`)).status).to.equal(404);
  });

  if (way.name === 'embedded')
    it('are rotated at once while two live, and so are SCIM tokens, however fast the clock goes', async () => {
      await make();
      const second = await make();
      await organization.connectScim();
      const [connection] = expectStatus(await rollcall.api.get(`${organization.path}/scim-connections`), 200).items;
      const tokens = `${organization.path}/scim-connections/${connection.id}/tokens`;
      const token = expectStatus(await rollcall.api.post(tokens, { name: 'second' }), 201);
      tick = 1;
      expectStatus(await rollcall.api.post(`${path}/${second.id}/rotate`, { graceHours: 0 }), 201);
      expectStatus(await rollcall.api.post(`${tokens}/${token.id}/rotate`, { graceHours: 0 }), 201);
    });

  if (way.name === 'embedded')
    it('end when they expire', async () => {
      const made = await make({ expiresInDays: 1 });
      now = DAY_MS - 60_000;
      expectStatus(await as(made).get(`${organization.path}/users`), 200);
      now = DAY_MS + 1_000;
      expect((await as(made).get(`${organization.path}/users`)).status).to.equal(401);
    });

  it('show when they were used last', async () => {
    const made = await make();
    expect(made).not.to.have.property('lastUsedAt');
    expectStatus(await as(made).get(`${organization.path}/users`), 200);
    const [{ lastUsedAt }] = await until('the use is shown', async () => {
      const { items } = expectStatus(await rollcall.api.get(path), 200);
      return items[0].lastUsedAt ? items : null;
    });
    expect(lastUsedAt >= made.createdAt).to.equal(true);
  });

  it('are who did it, for whom they said, in events, records and history', async () => {
    const made = await make();
    const headers = { 'rollcall-actor': 'admin-7' };
    const body = { name: 'Ada', email: 'ada@example.com' };
    const { id } = expectStatus(await as(made).post(`${organization.path}/users`, body, headers), 201);
    const by = { kind: 'api-key', id: made.id, onBehalfOf: 'admin-7' };
    expect((await organization.events()).at(-1)?.by).to.deep.equal(by);
    const one = `${organization.path}/users/${id}`;
    expect(expectStatus(await as(made).get(`${one}/explain`), 200).records[0].by).to.deep.equal(by);
    expect(expectStatus(await as(made).get(`${one}/history`), 200).items[0].actor).to.deep.equal(by);
  });

  for (const [what, body] of [
    ['no scope', { name: 'a', scopes: [] }],
    ['a scope there is not', { name: 'a', scopes: ['everything'] }],
    ['no scopes at all', { name: 'a' }],
    ['no name', { scopes: ['sign-ins'] }],
    ['a life of no days', { name: 'a', scopes: ['sign-ins'], expiresInDays: 0 }],
  ] as const)
    it(`are not made with ${what}`, async () => {
      expect((await rollcall.api.post(path, body)).status).to.equal(400);
    });
});

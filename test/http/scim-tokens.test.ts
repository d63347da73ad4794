import { expect } from 'chai';
import { createScimClient } from '../scim/client.ts';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

const DAY_MS = 86_400_000;

describe('SCIM tokens of the operator API', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let path = '';
  let now = Date.parse('2026-10-01T12:00:00Z');
  beforeEach(async () => {
    rollcall = await startDescribed({ overrides: { clock: { now: () => now } } });
    organization = await rollcall.addOrganization();
    path = `${organization.path}/scim-tokens`;
  });
  afterEach(() => rollcall.stop());

  it('shows a token once, with the address the identity provider needs', async () => {
    const { status, body } = await rollcall.api.post(path, { name: 'Okta' });
    expect(status).to.equal(201);
    expect(body.token).to.match(/^rcl_scim_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$/);
    expect(body.token).to.contain(body.keyId);
    expect(body.baseUrl).to.equal(`${rollcall.url}/scim/v2/${organization.id}`);
    expect(body.scopes).to.deep.equal(['scim:read', 'scim:users', 'scim:groups']);
    expect(Date.parse(body.expiresAt) - Date.parse(body.createdAt)).to.equal(365 * DAY_MS);

    const list = await rollcall.api.get(path);
    expect(list.text).not.to.contain(body.token);
    const { token: _, baseUrl: __, ...rest } = body;
    expect(list.body).to.deep.equal({ items: [rest], next: null, total: 1 });
    expect(list.body.items[0]).not.to.have.any.keys('token', 'digest', 'connectionId');
  });

  it('opens SCIM with it, and tells when it was used last', async () => {
    await rollcall.api.patch(`${organization.path}/settings`, { scim: { enabled: true } });
    const { token, baseUrl } = (await rollcall.api.post(path, { name: 'Okta' })).body;
    const answer = await createScimClient(baseUrl, token).get('/Users', { 'user-agent': 'Okta SCIM' });
    expect(answer.status).to.equal(200);
    const [{ lastUsedAt, lastUserAgent }] = (await rollcall.api.get(path)).body.items;
    expect({ lastUsedAt, lastUserAgent }).to.deep.equal({
      lastUsedAt: new Date(now).toISOString(),
      lastUserAgent: 'Okta SCIM',
    });
  });

  it('limits what it may do and for how long', async () => {
    const { body } = await rollcall.api.post(path, {
      name: 'reader',
      scopes: ['scim:read', 'scim:read'],
      expiresInDays: 7,
    });
    expect(body.scopes).to.deep.equal(['scim:read']);
    expect(Date.parse(body.expiresAt)).to.equal(now + 7 * DAY_MS);
    const scim = createScimClient(body.baseUrl, body.token);
    expect((await scim.get('/Users')).status).to.equal(200);
    expect((await scim.post('/Users', {})).status).to.equal(403);
    now += 7 * DAY_MS;
    expect((await scim.get('/Users')).status).to.equal(401);
  });

  it('lets two live at once and refuses a third', async () => {
    const first = expectStatus(await rollcall.api.post(path, { name: 'one' }), 201);
    expectStatus(await rollcall.api.post(path, { name: 'two' }), 201);
    const third = await rollcall.api.post(path, { name: 'three' });
    expect(third.status).to.equal(409);
    expect(third.body.code).to.equal('token_limit');
    expectStatus(await rollcall.api.delete(`${path}/${first.id}`), 204);
    expectStatus(await rollcall.api.post(path, { name: 'three' }), 201);
  });

  it('revokes at once, and once', async () => {
    const { id, token, baseUrl } = expectStatus(await rollcall.api.post(path, { name: 'one' }), 201);
    const scim = createScimClient(baseUrl, token);
    expect((await scim.get('/Users')).status).to.equal(200);
    const revoked = await rollcall.api.delete(`${path}/${id}`);
    expect(revoked).to.include({ status: 204, text: '' });
    expect((await scim.get('/Users')).status).to.equal(401);
    expect((await rollcall.api.get(path)).body.items).to.deep.equal([]);
    expect((await rollcall.api.delete(`${path}/${id}`)).status).to.equal(404);
  });

  for (const [what, body, at] of [
    ['no name', {}, 'name'],
    ['no scope at all', { name: 'a', scopes: [] }, 'scopes'],
    ['a scope nobody knows', { name: 'a', scopes: ['admin'] }, 'scopes.0'],
    ['a life of no days', { name: 'a', expiresInDays: 0 }, 'expiresInDays'],
    ['a life of half a day', { name: 'a', expiresInDays: 0.5 }, 'expiresInDays'],
    ['a token of the client’s choice', { name: 'a', token: 'mine' }, 'token'],
  ] as const)
    it(`refuses ${what}`, async () => {
      const answer = await rollcall.api.post(path, body);
      expect(answer.status).to.equal(400);
      expect(answer.body.errors[0].path).to.equal(at);
      expect((await rollcall.api.get(path)).body.total).to.equal(0);
    });
});

import { expect } from 'chai';
import { SCIM_ROUTES } from '../../scim/http/routes.ts';
import type { Body, Sent } from './client.ts';
import { aGroup, aPerson, expectBody, expectEmpty, expectError, expectList, idsOf } from './expectations.ts';
import { type ScimServer, startScim, type Tenant } from './server.ts';

const JSON_TYPE = { 'content-type': 'application/scim+json' };
const YEAR_MS = 365 * 24 * 3_600_000;

describe('SCIM policy: who may do what', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const asked = ({ method, path, body }: (typeof SCIM_ROUTES)[number], id: string): Sent => {
    const text = JSON.stringify(
      aPerson({ displayName: 'x', Operations: [{ op: 'replace', path: 'displayName', value: 'x' }] }),
    );
    return { method, path: path.replace(':id', id), ...(body ? { text, headers: JSON_TYPE } : {}) };
  };
  const withToken = (sent: Sent, authorization: string | null): Sent => ({
    ...sent,
    headers: { ...sent.headers, authorization },
  });

  it('lets nobody in without a token, on every route', async () => {
    const { id } = expectBody(await scim.post('/Users', aPerson()), 201);
    for (const route of SCIM_ROUTES)
      for (const authorization of [null, 'Bearer x', 'Basic YTpi', `Basic ${scim.token}`])
        expectError(await scim.send(withToken(asked(route, id), authorization)), 401);
    for (const path of ['/', '/nope', '/Users/a/b', ''])
      expectError(await scim.send({ method: 'GET', path, headers: { authorization: null } }), 401);
    expect(await scim.stored(id)).to.have.property('version', 1);
    expect(await scim.countUsers()).to.equal(1);
  });

  it('lets no tenant in by another tenant’s path, on every route', async () => {
    const other = await scim.addTenant();
    const { id } = expectBody(await scim.post('/Users', aPerson()), 201);
    for (const route of SCIM_ROUTES)
      expectError(await scim.send(withToken(asked(route, id), `Bearer ${other.token}`)), 401);
    expect(await scim.stored(id)).to.have.property('version', 1);
  });

  it('shows no tenant anything of another by id', async () => {
    const other: Tenant = await scim.addTenant();
    const foreign: Body = expectBody(await other.post('/Users', aPerson({ title: 'secret' })), 201);
    const foreignGroup: Body = expectBody(await other.post('/Groups', aGroup({ displayName: 'secret' })), 201);
    const before = [await other.stored(foreign.id), await other.storedGroup(foreignGroup.id)];
    for (const route of SCIM_ROUTES.filter(({ path }) => path.includes(':id'))) {
      for (const id of [foreign.id, foreignGroup.id]) {
        const answer = await scim.send(asked(route, id));
        expectError(answer, 404);
        expect(answer.text).not.to.include('secret');
      }
    }
    expectList(await scim.filter(`id eq "${foreign.id}" or userName eq "${foreign.userName}"`), 0);
    expectList(
      await scim.get(`/Groups?filter=${encodeURIComponent(`id eq "${foreignGroup.id}" or displayName eq "secret"`)}`),
      0,
    );
    expect([await other.stored(foreign.id), await other.storedGroup(foreignGroup.id)]).to.deep.equal(before);
  });

  it('RFC 6750 §3.1 asks for the scope each route declares', async () => {
    const { id } = expectBody(await scim.post('/Users', aPerson()), 201);
    const reader = `Bearer ${await scim.makeToken(['scim:read'])}`;
    for (const route of SCIM_ROUTES) {
      const answer = await scim.send(withToken(asked(route, id), reader));
      if (route.scope === null) expect(expectBody(answer, 200).Operations[0].status, route.path).to.equal('400');
      else if (route.scope === 'scim:read') expect(answer.status, route.path).to.be.oneOf([200, 404, 501]);
      else {
        expect(expectError(answer, 403).detail, route.path).to.include(route.scope);
        const wanted = `Bearer realm="SCIM", error="insufficient_scope", scope="${route.scope}"`;
        expect(answer.headers['www-authenticate'], route.path).to.equal(wanted);
      }
    }
    expect(await scim.stored(id)).to.have.property('version', 1);
    expect(await scim.countUsers()).to.equal(1);
  });

  it('lets a token without scim:read write and not read', async () => {
    const writer = { authorization: `Bearer ${await scim.makeToken(['scim:users'])}` };
    const { id } = expectBody(await scim.post('/Users', aPerson(), writer), 201);
    expectError(await scim.get(`/Users/${id}`, writer), 403);
    expectError(await scim.get('/Users', writer), 403);
    expectEmpty(await scim.delete(`/Users/${id}`, writer), 204);
  });

  it('takes two living tokens, and neither one revoked nor one expired (S07)', async () => {
    const second = { authorization: `Bearer ${await scim.makeToken(['scim:read'])}` };
    expectList(await scim.get('/Users'));
    expectList(await scim.get('/Users', second));
    const { tokens } = scim.deps.stores;
    const rows = await tokens.list(scim.organizationId);
    const row = rows.find(({ name }) => name === 'second');
    expect(await tokens.revoke(scim.organizationId, row?.id ?? '', '2026-10-01T12:00:00.000Z')).to.equal(true);
    expectError(await scim.get('/Users', second), 401);
    expectList(await scim.get('/Users'));
    scim.advance(YEAR_MS);
    expectError(await scim.get('/Users'), 401);
    expect(JSON.stringify(rows)).not.to.include(scim.token);
  });

  it('hides another connection’s people, and shows those nobody owns', async () => {
    const mine = expectBody(await scim.post('/Users', aPerson()), 201);
    const foreign = expectBody(await scim.post('/Users', aPerson()), 201);
    const free = expectBody(await scim.post('/Users', aPerson({ title: 'T' })), 201);
    const give = async (scimId: string, connectionId: string | null) => {
      const user = await scim.stored(scimId);
      const owned = { ...user, scim: { ...user.scim, connectionId }, version: user.version + 1 };
      await scim.deps.stores.users.save({ user: owned, events: [] });
    };
    await give(foreign.id, 'another connection');
    await give(free.id, null);
    expect(idsOf(expectList(await scim.get('/Users'), 2))).to.deep.equal([mine.id, free.id]);
    for (const answer of [
      await scim.get(`/Users/${foreign.id}`),
      await scim.put(`/Users/${foreign.id}`, aPerson()),
      await scim.patch(`/Users/${foreign.id}`, [{ op: 'replace', path: 'active', value: false }]),
      await scim.delete(`/Users/${foreign.id}`),
    ])
      expectError(answer, 404);
    expectError(await scim.post('/Users', { userName: foreign.userName }), 409, 'uniqueness');
    const shown = expectBody(await scim.get(`/Users/${free.id}`), 200);
    expect(shown).to.deep.include({ userName: free.userName, active: true });
    expect(shown.emails).to.deep.equal([{ value: free.userName, type: 'work', primary: true }]);
    const taken = await scim.patch(`/Users/${free.id}`, [{ op: 'replace', path: 'nickName', value: 'N' }]);
    expect(expectBody(taken, 200)).to.include({ nickName: 'N' });
    expect((await scim.stored(free.id)).scim.connectionId).to.equal(scim.connectionId);
  });

  it('hides another connection’s groups, and knows nothing of their names', async () => {
    const mine = expectBody(await scim.post('/Groups', aGroup()), 201);
    const { resources } = scim.deps.stores;
    const stored = await scim.storedGroup(mine.id);
    if (!stored) throw new Error('the group was stored');
    const { members: _, ...group } = stored;
    const foreign = {
      ...group,
      id: 'foreign',
      connectionId: 'another connection',
      attributes: { displayName: 'Theirs' },
    };
    await resources.save({ resource: foreign, claims: ['displayName:theirs'] });
    for (const answer of [
      await scim.get('/Groups/foreign'),
      await scim.put('/Groups/foreign', aGroup()),
      await scim.patch('/Groups/foreign', [{ op: 'replace', path: 'displayName', value: 'x' }]),
      await scim.delete('/Groups/foreign'),
    ])
      expectError(answer, 404);
    expect(idsOf(expectList(await scim.get('/Groups'), 1))).to.deep.equal([mine.id]);
    const nested = [{ op: 'add', path: 'members', value: [{ value: 'foreign' }] }];
    expectError(await scim.patch(`/Groups/${mine.id}`, nested), 400, 'invalidValue');
    expectBody(await scim.post('/Groups', aGroup({ displayName: 'Theirs' })), 201);
    expect(await resources.get(foreign, 'foreign')).to.deep.include({
      attributes: { displayName: 'Theirs' },
      version: 1,
    });
  });

  it('lets groups be changed with the scope for groups only', async () => {
    const asUsers = { authorization: `Bearer ${await scim.makeToken(['scim:read', 'scim:users'])}` };
    const { id } = expectBody(await scim.post('/Groups', aGroup()), 201);
    expectError(await scim.post('/Groups', aGroup(), asUsers), 403);
    expectError(await scim.delete(`/Groups/${id}`, asUsers), 403);
    expectBody(await scim.get(`/Groups/${id}`, asUsers), 200);
    const other = await scim.addTenant();
    const asGroups = { authorization: `Bearer ${await other.makeToken(['scim:groups'])}` };
    const made = expectBody(await other.post('/Groups', aGroup(), asGroups), 201);
    expectError(await other.post('/Users', aPerson(), asGroups), 403);
    expectError(await other.get(`/Groups/${made.id}`, asGroups), 403);
    expectEmpty(await other.delete(`/Groups/${made.id}`, asGroups), 204);
  });

  it('makes links from the configured address, whatever Host says', async () => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const answer = await scim.post('/Users', aPerson(), headers);
    expectBody(answer, 201);
    expect(answer.text + JSON.stringify(answer.headers)).not.to.include('evil');
  });
});

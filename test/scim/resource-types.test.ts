import { expect } from 'chai';
import type { GivenAttribute } from '../../src/core/complete-attribute.ts';
import { ROLE_SCHEMA as R } from '../fixtures/configurations.ts';
import { describeOnBothStores } from './both-stores.ts';
import { createScimClient } from './client.ts';
import { configurator } from './configure.ts';
import { aPerson, expectBody, expectEmpty, expectError, expectList } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const ENTITLEMENT = 'urn:okta:scim:schemas:core:1.0:Entitlement';
const COST = 'urn:example:cost:1.0:Role';

const text = (name: string, facts: Partial<GivenAttribute> = {}): GivenAttribute => ({
  name,
  type: 'string',
  ...facts,
});

describeOnBothStores('SCIM configured resource types', (on) => {
  let scim: ScimServer;
  let configure: ReturnType<typeof configurator>;
  before(async () => {
    scim = await startScim(on);
    configure = configurator(scim, scim);
    const owner: GivenAttribute = { name: 'owner', type: 'complex', subAttributes: [text('value'), text('$ref')] };
    const name = text('displayName', { required: true, uniqueness: 'server' });
    await configure.schema(R, name, text('tags', { multiValued: true }), owner, { name: 'active', type: 'boolean' });
    await configure.schema(ENTITLEMENT, text('displayName'), text('type'));
    await configure.schema(COST, { name: 'center', type: 'integer', required: true });
    await configure.type({
      name: 'Role',
      endpoint: '/Roles',
      schema: R,
      schemaExtensions: [{ schema: COST, required: false }],
    });
    await configure.type({ name: 'Entitlement', endpoint: '/Entitlements', schema: ENTITLEMENT });
  });
  after(() => scim.stop());

  let made = 0;
  const aRole = (facts: object = {}) => ({ schemas: [R], displayName: `role ${++made}`, ...facts });

  it('case-C24 lets Okta find roles: /ResourceTypes, /Schemas, /Roles', async () => {
    const types = expectList(await scim.get('/ResourceTypes'));
    const role = types.find(({ name }) => name === 'Role');
    expect(role).to.deep.include({ id: 'Role', endpoint: '/Roles', schema: R });
    expect(role.meta).to.deep.equal({ resourceType: 'ResourceType', location: `${scim.root}/ResourceTypes/Role` });
    const schemas = expectList(await scim.get('/Schemas'));
    expect(schemas.map(({ id }) => id)).to.include.members([R, ENTITLEMENT, COST]);
    expectBody(await scim.post('/Roles', aRole()), 201);
    const page = expectBody(await scim.get('/Roles?count=1&startIndex=1'), 200);
    expect(page).to.include({ itemsPerPage: 1, startIndex: 1, totalResults: 1 });
    expect(page.Resources[0]).to.deep.include({ schemas: [R], displayName: `role ${made}` });
    expect(expectBody(await scim.get('/Entitlements?count=1&startIndex=1'), 200)).to.include({ totalResults: 0 });
  });

  it('serves a type on every verb, typed, with versions', async () => {
    const sent = aRole({ externalId: 'r-1', active: true, TAGS: ['a', 'b'], [COST]: { center: 7 } });
    const created = await scim.post('/Roles', sent);
    const role = expectBody(created, 201);
    expect(created.headers.location).to.equal(`${scim.root}/Roles/${role.id}`);
    expect(role).to.deep.include({ schemas: [R, COST], active: true, tags: ['a', 'b'], [COST]: { center: 7 } });
    expect(role.meta).to.include({ resourceType: 'Role', location: `${scim.root}/Roles/${role.id}` });
    const path = `/Roles/${role.id}`;
    expectEmpty(await scim.get(path, { 'if-none-match': role.meta.version }), 304);
    const ops = [
      { op: 'add', path: 'tags', value: ['c'] },
      { op: 'replace', path: 'owner.value', value: 'o' },
    ];
    const patched = expectBody(await scim.patch(path, ops), 200);
    expect(patched).to.deep.include({ tags: ['a', 'b', 'c'], owner: { value: 'o' } });
    expectError(await scim.patch(path, ops, { 'if-match': role.meta.version }), 412);
    const put = expectBody(await scim.put(`/roles/${role.id}`, aRole({ active: false })), 200);
    expect(put).to.deep.include({ active: false, externalId: 'r-1' });
    expect(put).not.to.have.any.keys('tags', 'owner', COST);
    expect(expectList(await scim.get(`/Roles?filter=${encodeURIComponent('active eq false')}`), 1)[0].id).to.equal(
      role.id,
    );
    expectEmpty(await scim.delete(path), 204);
    expectError(await scim.get(path), 404);
  });

  it('refuses what the schema does not allow, and stores nothing of it', async () => {
    const before = expectBody(await scim.get('/Roles?count=0'), 200).totalResults;
    for (const body of [
      { schemas: [R] },
      aRole({ displayName: '  ' }),
      aRole({ active: 'perhaps' }),
      aRole({ tags: [1] }),
      aRole({ owner: 7 }),
      aRole({ [COST]: {}, externalId: 4 }),
      aRole({ [COST]: { center: 1.5 } }),
    ])
      expectError(await scim.post('/Roles', body), 400, 'invalidValue');
    expect(expectBody(await scim.get('/Roles?count=0'), 200).totalResults).to.equal(before);
  });

  it('keeps a unique value for one resource of the type, also when many race', async () => {
    const racers = await Promise.all(
      Array.from({ length: 8 }, () => scim.post('/Roles', aRole({ displayName: 'Raced' }))),
    );
    expect(racers.map(({ status }) => status).sort()).to.deep.equal([201, ...Array.from({ length: 7 }, () => 409)]);
    expectError(await scim.post('/Roles', aRole({ displayName: 'rAcEd' })), 409, 'uniqueness');
    expectBody(await scim.post('/Entitlements', { schemas: [ENTITLEMENT], displayName: 'Raced' }), 201);
    const id = racers.find(({ status }) => status === 201)?.body.id;
    expectEmpty(await scim.delete(`/Roles/${id}`), 204);
    expectBody(await scim.post('/Roles', aRole({ displayName: 'RACED' })), 201);
  });

  it('asks for the scopes of people, takes the methods it has, and answers 404 and 405 elsewhere', async () => {
    const reader = createScimClient(scim.root, await scim.makeToken(['scim:read']));
    expectBody(await reader.get('/Roles'), 200);
    const { id } = expectBody(await scim.post('/Roles', aRole()), 201);
    expectError(await reader.post('/Roles', aRole()), 403);
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      expectError(await reader.send({ method, path: `/Roles/${id}` }), 403);
    expectError(await scim.get('/Roles/x/y'), 404);
    expectError(await scim.get('/Rolls'), 404);
    const refused = await scim.delete('/Roles');
    expectError(refused, 405);
    expect(refused.headers.allow).to.equal('GET, POST');
    for (const path of ['/ResourceTypes', '/Schemas', `/Schemas/${R}`, '/ResourceTypes/Role', '/ServiceProviderConfig'])
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expectError(await scim.send({ method, path }), 405);
    for (const path of ['/ResourceTypes', '/Schemas']) expectError(await scim.get(`${path}?filter=id+pr`), 403);
  });

  it('finds resources by POST, at the root among all types, and changes them in bulk', async () => {
    const { id } = expectBody(await scim.post('/Roles', aRole({ tags: ['needle'] })), 201);
    const search = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter: 'tags eq "needle"' };
    expect(expectList(await scim.post('/Roles/.search', search), 1)[0].id).to.equal(id);
    expect(expectList(await scim.post('/.search', search), 1)[0].meta.resourceType).to.equal('Role');
    const Operations = [
      { method: 'POST', path: '/Roles', bulkId: 'one', data: aRole({ displayName: 'In bulk' }) },
      { method: 'PATCH', path: '/Roles/bulkId:one', data: { Operations: [{ op: 'add', path: 'tags', value: ['x'] }] } },
    ];
    const bulk = { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations };
    const answer = expectBody(await scim.post('/Bulk', bulk), 200);
    expect(answer.Operations.map(({ status }: { status: string }) => status)).to.deep.equal(['201', '200']);
    const [found] = expectList(await scim.get(`/Roles?filter=${encodeURIComponent('displayName eq "in bulk"')}`), 1);
    expect(found.tags).to.deep.equal(['x']);
  });

  it('keeps resources of a type from other organizations, and over the time in which it is not served', async () => {
    const role = expectBody(await scim.post('/Roles', aRole()), 201);
    const other = await scim.addTenant();
    expectError(await other.get('/Roles'), 404);
    await configurator(scim, other).schema(R, text('displayName'));
    await configurator(scim, other).type({ name: 'Role', endpoint: '/Roles', schema: R });
    expectList(await other.get('/Roles'), 0);
    expectError(await other.get(`/Roles/${role.id}`), 404);
    await configure.forgetType('Role');
    expectError(await scim.get(`/Roles/${role.id}`), 404);
    expect(expectList(await scim.get('/Schemas')).map(({ id }) => id)).not.to.include(R);
    await configure.type({
      name: 'Role',
      endpoint: '/Roles',
      schema: R,
      schemaExtensions: [{ schema: COST, required: false }],
    });
    expect(expectBody(await scim.get(`/Roles/${role.id}`), 200)).to.deep.equal(role);
  });

  it('adds extensions to Group as to User', async () => {
    await configure.extend('Group', COST);
    const group = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group', COST],
      displayName: 'G',
      [COST]: { center: 3 },
    };
    const { id } = expectBody(await scim.post('/Groups', group), 201);
    expect(expectBody(await scim.get(`/Groups/${id}`), 200)[COST]).to.deep.equal({ center: 3 });
    expectError(
      await scim.post('/Groups', { ...group, displayName: 'H', [COST]: { center: 'x' } }),
      400,
      'invalidValue',
    );
    expectBody(await scim.post('/Users', aPerson({ [COST]: { center: 'opaque for people' } })), 201);
  });

  it('answers 403 while SCIM is off, and nothing is stored', async () => {
    const before = expectBody(await scim.get('/Roles?count=0'), 200).totalResults;
    await scim.change({ scim: { enabled: false } });
    expectError(await scim.post('/Roles', aRole()), 403);
    await scim.change({ scim: { enabled: true } });
    expect(expectBody(await scim.get('/Roles?count=0'), 200).totalResults).to.equal(before);
  });
});

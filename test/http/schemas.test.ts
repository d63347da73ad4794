import { expect } from 'chai';
import { BADGE_SCHEMA, ROLE_SCHEMA } from '../fixtures/configurations.ts';
import { createScimClient } from '../scim/client.ts';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

const ROLE = { name: 'Role', attributes: [{ name: 'displayName', required: true }] };

describe('SCIM schemas and resource types of the operator API', () => {
  let rollcall: Awaited<ReturnType<typeof startDescribed>>;
  let organization: TestOrganization;
  let schemas = '';
  let types = '';
  before(async () => {
    rollcall = await startDescribed();
  });
  beforeEach(async () => {
    organization = await rollcall.addOrganization();
    schemas = `${organization.path}/schemas`;
    types = `${organization.path}/resource-types`;
  });
  after(() => rollcall.stop());

  const put = (path: string, body: unknown, headers?: { [name: string]: string }) =>
    rollcall.api.put(path, body, headers);

  it('RFC 7643 §7 keeps a schema with every characteristic decided', async () => {
    const reference = { name: '$ref', type: 'reference', referenceTypes: ['User'] };
    const owner = { name: 'owner', type: 'complex', subAttributes: [{ name: 'value' }, reference] };
    const secret = { name: 'secret', mutability: 'writeOnly' };
    const body = { schemas: ['x'], id: ROLE_SCHEMA, name: 'Role', attributes: [owner, secret], meta: {} };
    const stored = expectStatus(await put(`${schemas}/${ROLE_SCHEMA}`, body), 200);
    expect(stored.version).to.equal(1);
    const plain = { type: 'string', multiValued: false, description: '', required: false, caseExact: false };
    const open = { mutability: 'readWrite', returned: 'default', uniqueness: 'none' };
    expect(stored.attributes).to.deep.equal([
      {
        ...{ ...plain, ...open, name: 'owner', type: 'complex' },
        subAttributes: [
          { ...plain, ...open, name: 'value' },
          { ...plain, ...open, ...reference },
        ],
      },
      { ...plain, ...open, ...secret, returned: 'never' },
    ]);
    const { version, ...schema } = stored;
    expect(expectStatus(await rollcall.api.get(schemas), 200)).to.deep.equal({ items: [schema], next: null, total: 1 });
    const read = await rollcall.api.get(`${schemas}/${ROLE_SCHEMA.toUpperCase()}`);
    expect(read.body).to.deep.equal(stored);
    expect(read.headers.etag).to.equal('"1"');
  });

  it('RFC 7643 §6 keeps a resource type, and a schema as long as a type has it', async () => {
    for (const urn of [ROLE_SCHEMA, BADGE_SCHEMA]) expectStatus(await put(`${schemas}/${urn}`, ROLE), 200);
    const type = { endpoint: '/Roles', schema: ROLE_SCHEMA, schemaExtensions: [{ schema: BADGE_SCHEMA }] };
    const stored = expectStatus(await put(`${types}/Role`, type), 200);
    expect(stored).to.deep.include({ name: 'Role', endpoint: '/Roles', version: 3 });
    expect(stored.schemaExtensions).to.deep.equal([{ schema: BADGE_SCHEMA, required: false }]);
    for (const urn of [ROLE_SCHEMA, BADGE_SCHEMA]) {
      const refusal = await rollcall.api.delete(`${schemas}/${urn}`);
      expect(refusal.status).to.equal(409);
      expect(refusal.body).to.deep.include({ code: 'schema_in_use', resourceTypes: ['Role'] });
    }
    expectStatus(await rollcall.api.delete(`${types}/Role`), 204);
    expectStatus(await rollcall.api.delete(`${schemas}/${ROLE_SCHEMA}`), 204);
    expectStatus(await rollcall.api.get(`${schemas}/${ROLE_SCHEMA}`), 404);
    expectStatus(await rollcall.api.delete(`${schemas}/${ROLE_SCHEMA}`), 404);
    expectStatus(await rollcall.api.delete(`${types}/Role`), 404);
    expectStatus(await rollcall.api.get(`${types}/Role`), 404);
  });

  it('adds extensions to User, and nothing else', async () => {
    expectStatus(await put(`${schemas}/${BADGE_SCHEMA}`, ROLE), 200);
    const schemaExtensions = [{ schema: BADGE_SCHEMA, required: true }];
    const user = expectStatus(await put(`${types}/User`, { schemaExtensions }), 200);
    expect(user).to.deep.include({ name: 'User', endpoint: '/Users', schemaExtensions });
    expect((await put(`${types}/User`, { endpoint: '/People' })).status).to.equal(400);
    expect((await put(`${types}/user`, { schemaExtensions })).status).to.equal(400);
    expect(expectStatus(await rollcall.api.get(types), 200).total).to.equal(1);
  });

  it('changes what the editor has seen, and loses no change of several at once', async () => {
    expectStatus(await put(`${schemas}/${ROLE_SCHEMA}`, ROLE), 200);
    expect((await put(`${schemas}/${ROLE_SCHEMA}`, ROLE, { 'if-match': '"7"' })).status).to.equal(412);
    expectStatus(await put(`${schemas}/${ROLE_SCHEMA}`, ROLE, { 'if-match': '"1"' }), 200);
    const urns = Array.from({ length: 12 }, (_, n) => `urn:example:role:${n}`);
    for (const answer of await Promise.all(urns.map((urn) => put(`${schemas}/${urn}`, ROLE))))
      expectStatus(answer, 200);
    const { items } = expectStatus(await rollcall.api.get(schemas), 200);
    expect(items.map(({ id }: { id: string }) => id)).to.have.members([ROLE_SCHEMA, ...urns]);
  });

  it('tells what a change does to what is stored, and lets no attribute change its type', async () => {
    const attributes = [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }];
    expectStatus(await put(`${schemas}/${ROLE_SCHEMA}`, { name: 'Role', attributes }), 200);
    const changed = [
      { name: 'a', required: true },
      { name: 'b', uniqueness: 'server' },
      { name: 'c', returned: 'never' },
    ];
    const { notices } = expectStatus(
      await put(`${schemas}/${ROLE_SCHEMA}`, { name: 'Role', attributes: changed }),
      200,
    );
    expect(notices.map((notice: string) => notice.slice(0, 15))).to.deep.equal([
      'a is required n',
      'b is unique now',
      'c is not kept a',
      'd is gone: stor',
    ]);
    const other = { name: 'Role', attributes: [{ name: 'A', type: 'integer' }] };
    const refusal = await put(`${schemas}/${ROLE_SCHEMA}`, other);
    expect(refusal.status).to.equal(400);
    expect(refusal.body.detail).to.contain('keeps its type');
  });

  it('serves over SCIM what was configured, from the next request on', async () => {
    await rollcall.api.patch(`${organization.path}/settings`, { scim: { enabled: true } });
    const { token, baseUrl } = expectStatus(
      await rollcall.api.post(`${organization.path}/scim-tokens`, { name: 'a' }),
      201,
    );
    const scim = createScimClient(baseUrl, token);
    expect((await scim.get('/Roles')).status).to.equal(404);
    expectStatus(await put(`${schemas}/${ROLE_SCHEMA}`, ROLE), 200);
    expectStatus(await put(`${types}/Role`, { endpoint: '/Roles', schema: ROLE_SCHEMA }), 200);
    expect((await scim.get(`/Schemas/${ROLE_SCHEMA}`)).body).to.deep.include({ id: ROLE_SCHEMA, name: 'Role' });
    expect((await scim.post('/Roles', { schemas: [ROLE_SCHEMA] })).body.scimType).to.equal('invalidValue');
    expect((await scim.post('/Roles', { schemas: [ROLE_SCHEMA], displayName: 'Admin' })).status).to.equal(201);
    expectStatus(await rollcall.api.delete(`${types}/Role`), 204);
    expect((await scim.get('/Roles')).status).to.equal(404);
  });

  const schema = (attribute: object, more: object = {}) => ({ name: 'Role', attributes: [attribute], ...more });
  const complex = (sub: object) => ({ name: 'a', type: 'complex', subAttributes: [sub] });
  for (const [what, body, at] of [
    ['no attributes', { name: 'Role', attributes: [] }, 'attributes'],
    ['a member RFC 7643 does not know', schema({ name: 'a', colour: 'red' }), 'attributes.0.colour'],
    ['another id than the path’s', schema({ name: 'a' }, { id: 'urn:example:other' }), 'id'],
    ['a type nobody knows', schema({ name: 'a', type: 'float' }), 'attributes.0.type'],
    ['a mutability nobody knows', schema({ name: 'a', mutability: 'readonly' }), 'attributes.0.mutability'],
    ['a name with a dot', schema({ name: 'a.b' }), 'attributes.0.name'],
    ['a name that begins with $', schema({ name: '$value' }), 'attributes.0.name'],
    ['__proto__', schema({ name: '__proto__' }), 'attributes.0.name'],
    ['constructor', schema({ name: 'Constructor' }), 'attributes.0.name'],
    ['toString within', schema(complex({ name: 'toString' })), 'attributes.0.subAttributes.0.name'],
    ['the name of a common attribute', schema({ name: 'externalid' }), 'attributes.0.name'],
    ['a name twice', { name: 'Role', attributes: [{ name: 'a' }, { name: 'A' }] }, 'attributes.1.name'],
    ['sub-attributes of text', schema({ ...complex({ name: 'b' }), type: 'string' }), 'attributes.0.subAttributes'],
    ['a complex attribute without any', schema({ name: 'a', type: 'complex' }), 'attributes.0.subAttributes'],
    ['complex in complex', schema(complex({ name: 'b', type: 'complex' })), 'attributes.0.subAttributes.0.type'],
    ['a unique list', schema({ name: 'a', multiValued: true, uniqueness: 'server' }), 'attributes.0.uniqueness'],
    ['a unique part', schema(complex({ name: 'b', uniqueness: 'server' })), 'attributes.0.subAttributes.0.uniqueness'],
    ['a unique secret', schema({ name: 'a', returned: 'never', uniqueness: 'server' }), 'attributes.0.uniqueness'],
    [
      'an immutable secret',
      schema({ name: 'a', returned: 'never', mutability: 'immutable' }),
      'attributes.0.mutability',
    ],
    [
      'a secret that is shown',
      schema({ name: 'a', returned: 'always', mutability: 'writeOnly' }),
      'attributes.0.returned',
    ],
    ['required and read-only', schema({ name: 'a', required: true, mutability: 'readOnly' }), 'attributes.0.required'],
  ] as const)
    it(`refuses a schema with ${what}`, async () => {
      const answer = await put(`${schemas}/${ROLE_SCHEMA}`, body);
      expect(answer.status, answer.text).to.equal(400);
      expect(answer.body.errors[0].path).to.equal(at);
      expect((await rollcall.api.get(schemas)).body.total).to.equal(0);
    });

  for (const urn of [
    'role',
    'urn:x',
    'urn:ietf:params:scim:schemas:core:2.0:User',
    'urn:ietf:params:scim:schemas:core:2.0:Role',
    'URN:IETF:params:scim:api:messages:2.0:PatchOp',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    'urn:example:a%20b',
    'urn:example:[x]',
    `urn:example:${'x'.repeat(200)}`,
  ])
    it(`refuses a schema called ${urn.slice(0, 70)}`, async () => {
      const answer = await put(`${schemas}/${urn}`, ROLE);
      expect(answer.status, answer.text).to.equal(400);
      expect((await rollcall.api.get(schemas)).body.total).to.equal(0);
    });

  for (const [what, name, body, at] of [
    ['no endpoint', 'Role', { schema: ROLE_SCHEMA }, 'endpoint'],
    ['no schema', 'Role', { endpoint: '/Roles' }, 'schema'],
    ['a schema nobody has', 'Role', { endpoint: '/Roles', schema: 'urn:example:other' }, 'schema'],
    ['the endpoint of users', 'Role', { endpoint: '/users', schema: ROLE_SCHEMA }, 'endpoint'],
    ['two segments', 'Role', { endpoint: '/a/b', schema: ROLE_SCHEMA }, 'endpoint'],
    ['the name of a message', 'Bulk', { endpoint: '/Roles', schema: ROLE_SCHEMA }, 'name'],
    ['another name than the path’s', 'Role', { name: 'R', endpoint: '/Roles', schema: ROLE_SCHEMA }, 'name'],
    [
      'an extension nobody has',
      'Role',
      { endpoint: '/Roles', schema: ROLE_SCHEMA, schemaExtensions: [{ schema: BADGE_SCHEMA }] },
      'schemaExtensions.0.schema',
    ],
    [
      'its own schema as extension',
      'Role',
      { endpoint: '/Roles', schema: ROLE_SCHEMA, schemaExtensions: [{ schema: ROLE_SCHEMA }] },
      'schemaExtensions.0.schema',
    ],
  ] as const)
    it(`refuses a resource type with ${what}`, async () => {
      expectStatus(await put(`${schemas}/${ROLE_SCHEMA}`, ROLE), 200);
      const answer = await put(`${types}/${name}`, body);
      expect(answer.status, answer.text).to.equal(400);
      expect(answer.body.errors[0].path).to.equal(at);
      expect((await rollcall.api.get(types)).body.total).to.equal(0);
    });

  it('refuses more than an organization may configure', async () => {
    const attributes = Array.from({ length: 400 }, (_, n) => ({ name: `a${n}` }));
    expectStatus(await put(`${schemas}/${ROLE_SCHEMA}`, { name: 'Role', attributes }), 200);
    const more = await put(`${schemas}/${BADGE_SCHEMA}`, { name: 'Badge', attributes: attributes.slice(0, 101) });
    expect(more.status).to.equal(400);
    expect(more.body.detail).to.contain('500 attributes');
    const description = 'x'.repeat(2_000);
    const long = Array.from({ length: 100 }, (_, n) => ({ name: `b${n}`, description }));
    expect((await put(`${schemas}/${BADGE_SCHEMA}`, { name: 'Badge', attributes: long })).body.detail).to.contain(
      'bytes',
    );
  });

  it('refuses two resource types at one endpoint, and a URN that is an attribute of another schema', async () => {
    expectStatus(await put(`${schemas}/${ROLE_SCHEMA}`, ROLE), 200);
    expectStatus(await put(`${types}/Role`, { endpoint: '/Roles', schema: ROLE_SCHEMA }), 200);
    const twin = await put(`${types}/Twin`, { endpoint: '/ROLES', schema: ROLE_SCHEMA });
    expect(twin.body.errors[0].path).to.equal('endpoint');
    expect((await put(`${schemas}/${ROLE_SCHEMA}:displayName`, ROLE)).status).to.equal(400);
  });
});

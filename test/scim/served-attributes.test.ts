import { expect } from 'chai';
import type { GivenAttribute } from '../../src/core/complete-attribute.ts';
import type { AttributeDocument, AttributeType } from '../../src/core/scim-schema.ts';
import { ROLE_SCHEMA as R } from '../fixtures/configurations.ts';
import { describeOnBothStores } from './both-stores.ts';
import type { Body } from './client.ts';
import { configurator } from './configure.ts';
import { expectBody, expectError, expectList } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const TYPES = ['string', 'boolean', 'integer', 'decimal', 'dateTime', 'binary', 'reference'] as const;
type Simple = (typeof TYPES)[number];

/** Of each type: two values, and some that are none. */
const VALUES: Readonly<
  Record<Simple, { readonly good: readonly [unknown, unknown]; readonly bad: readonly unknown[] }>
> = {
  string: { good: ['one', 'zwei'], bad: [7, true, { a: 1 }] },
  boolean: { good: [true, false], bad: ['perhaps', 1] },
  integer: { good: [1, -2], bad: [1.5, '1', true, 2 ** 60] },
  decimal: { good: [1.5, 2], bad: ['1.5', false] },
  dateTime: {
    good: ['2026-01-01T00:00:00Z', '2026-01-02T03:04:05.678+02:00'],
    bad: ['yesterday', 7, '2026-02-30T00:00:00Z'],
  },
  binary: { good: ['aGVsbG8=', '3q2-7w'], bad: ['not base64!', 'a', 7] },
  reference: { good: ['https://example.com/1', '../Users/2'], bad: [7, {}] },
};

const MUTABILITIES = ['readOnly', 'readWrite', 'immutable', 'writeOnly'] as const;
const RETURNED = ['always', 'never', 'default', 'request'] as const;
const CHARACTERISTICS = [
  'name',
  'type',
  'multiValued',
  'description',
  'required',
  'caseExact',
  'mutability',
  'returned',
  'uniqueness',
];

/** Every combination of type, mutability, returned and multiValued that a schema may have; also as sub-attributes. */
function allAttributes(): readonly GivenAttribute[] {
  const simple = TYPES.flatMap((type) =>
    MUTABILITIES.flatMap((mutability) =>
      RETURNED.filter((returned) => isAllowed(mutability, returned)).flatMap((returned) =>
        [false, true].map((multiValued) => ({
          name: `${type}-${mutability}-${returned}-${multiValued ? 'many' : 'one'}`,
          ...{ type, mutability, returned, multiValued },
        })),
      ),
    ),
  );
  const subAttributes = TYPES.map((type) => ({ name: `sub-${type}`, type }));
  const complex = [false, true].map((multiValued) => ({
    name: `complex-${multiValued ? 'many' : 'one'}`,
    ...{ type: 'complex' as const, multiValued, subAttributes },
  }));
  return [...simple, ...complex];
}

function isAllowed(mutability: string, returned: string): boolean {
  if (mutability === 'writeOnly') return returned === 'never';
  return !(mutability === 'immutable' && returned === 'never');
}

const isSimple = (type: AttributeType): type is Simple => type !== 'complex';

/** The first or second value of an attribute, whatever it is made of. */
function sampleOf({ type, multiValued, subAttributes = [] }: AttributeDocument, which: 0 | 1): unknown {
  const single = isSimple(type)
    ? VALUES[type].good[which]
    : Object.fromEntries(subAttributes.filter(isWritable).map((sub) => [sub.name, sampleOf(sub, which)]));
  return multiValued ? [single] : single;
}

const isWritable = ({ mutability }: AttributeDocument) => mutability !== 'readOnly';
const isKept = ({ mutability, returned }: AttributeDocument) => mutability !== 'writeOnly' && returned !== 'never';

describeOnBothStores('SCIM discovery', (on) => {
  let scim: ScimServer;
  before(async () => {
    scim = await startScim(on);
    const configure = configurator(scim, scim);
    await configure.schema(R, ...allAttributes());
    await configure.type({ name: 'Role', endpoint: '/Roles', schema: R });
    await configure.extend('User', R);
  });
  after(() => scim.stop());

  it('RFC 7643 §7 lists exactly the schemas of the types, each attribute with every characteristic, nothing null', async () => {
    const schemas = expectList(await scim.get('/Schemas'));
    const types = expectList(await scim.get('/ResourceTypes'));
    const urns = types.flatMap(({ schema, schemaExtensions }) => [
      schema,
      ...schemaExtensions.map((one: Body) => one.schema),
    ]);
    expect(schemas.map(({ id }) => id)).to.have.members([...new Set(urns)]);
    const check = (attribute: Body): void => {
      expect(attribute, attribute.name).to.include.all.keys(CHARACTERISTICS);
      for (const value of Object.values(attribute)) expect(value, attribute.name).not.to.equal(null);
      if (attribute.type === 'reference') expect(attribute, attribute.name).to.have.any.keys('referenceTypes', 'name');
      expect(attribute.type === 'complex', attribute.name).to.equal(attribute.subAttributes !== undefined);
      for (const sub of attribute.subAttributes ?? []) check(sub);
    };
    for (const schema of schemas) {
      expectBody(await scim.get(`/Schemas/${schema.id}`), 200);
      expect(schema.meta).to.deep.equal({ resourceType: 'Schema', location: `${scim.root}/Schemas/${schema.id}` });
      for (const attribute of schema.attributes) check(attribute);
    }
    for (const type of types)
      expect(expectBody(await scim.get(`/ResourceTypes/${type.name}`), 200)).to.deep.equal(type);
  });

  it('tells the truth: what it lists can be written and read, attribute by attribute, of every type', async () => {
    // What is enforced does not depend on the store: MongoDB is shown a part.
    const every = on.open ? 5 : 1;
    let tried = 0;
    for (const type of expectList(await scim.get('/ResourceTypes')))
      for (const urn of [type.schema, ...type.schemaExtensions.map((one: Body) => one.schema)]) {
        const { attributes } = expectBody(await scim.get(`/Schemas/${urn}`), 200);
        for (const attribute of attributes) {
          // The members of a group, and the manager's name, are the server's to look up: cases G and U have them.
          const isTried = tried % every === 0 && isWritable(attribute);
          if (isTried && attribute.name !== 'members' && attribute.name !== 'manager')
            await tryAttribute(type, urn, attribute);
          tried += 1;
        }
      }
    expect(tried).to.be.above(180);
  }).timeout(120_000);

  async function tryAttribute(type: Body, urn: string, attribute: AttributeDocument): Promise<void> {
    const label = `${type.name} ${urn} ${attribute.name}`;
    const isCore = urn === type.schema;
    const unique = `unique ${label}`;
    const name = type.name === 'User' ? { userName: unique } : { displayName: unique };
    const value = attribute.name === 'userName' || attribute.name === 'displayName' ? unique : sampleOf(attribute, 0);
    const body = (sent: unknown) => {
      const given = { [attribute.name]: sent };
      return { schemas: [type.schema], ...(type.name === 'Role' ? {} : name), ...(isCore ? given : { [urn]: given }) };
    };
    const seen = (resource: Body) => (isCore ? resource : resource[urn])?.[attribute.name];
    const shown = isKept(attribute) ? value : undefined;
    const { id } = expectBody(await scim.post(type.endpoint, body(value)), 201);
    const path = `${type.endpoint}/${id}`;
    const asked = expectBody(await scim.get(`${path}?attributes=${urn}:${attribute.name}`), 200);
    expect(seen(asked), label).to.deep.equal(shown);
    const plain = expectBody(await scim.get(path), 200);
    expect(seen(plain), label).to.deep.equal(attribute.returned === 'request' ? undefined : shown);
    if (isSimple(attribute.type))
      for (const bad of VALUES[attribute.type].bad)
        expectError(await scim.post(type.endpoint, body(attribute.multiValued ? [bad] : bad)), 400, 'invalidValue');
    const op = { op: 'replace', path: `${urn}:${attribute.name}`, value: sampleOf(attribute, 1) };
    const patched = await scim.patch(path, [op]);
    if (attribute.mutability === 'immutable') expectError(patched, 400, 'mutability');
    else expect([200, 204], `${label}: ${patched.text}`).to.include(patched.status);
    const again = expectBody(await scim.get(`${path}?attributes=${urn}:${attribute.name}`), 200);
    expect(seen(again), label).to.deep.equal(
      attribute.mutability === 'immutable' || !isKept(attribute) ? shown : op.value,
    );
    await scim.delete(path);
  }

  it('RFC 7643 §5 names every limit', async () => {
    const config = expectBody(await scim.get('/ServiceProviderConfig?filter=x&startIndex=9'), 200);
    for (const name of ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag'])
      expect(config[name].supported, name).to.be.a('boolean');
    expect(config.bulk).to.include.all.keys('maxOperations', 'maxPayloadSize');
    expect(config.filter.maxResults).to.be.a('number');
    expect(config.pagination).to.include.all.keys('cursor', 'index', 'defaultPageSize', 'maxPageSize');
    expect(config.authenticationSchemes).to.be.an('array').that.is.not.empty;
    expect(JSON.stringify(config)).not.to.contain('null');
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import type { Attribute } from '../../scim/schema/attribute.ts';
import { builtInSchemas } from '../../scim/schema/served-schemas.ts';
import type { Json } from '../../src/core/json.ts';
import type { Body } from './client.ts';
import { aPerson, expectBody } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const index = builtInSchemas().user.schema;
const WRITABLE = [...index.byKey.values()].filter(
  ({ mutability, place, name }) => mutability === 'readWrite' && place === 'attributes' && name !== 'userName',
);

const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc.constantFrom('a', 'A', 'work', ' x ', '{"a":1}'),
);
const base64 = fc.constantFrom('YQ==', 'YWI=', 'YWJj');

function arbitraryFor(attribute: Attribute): fc.Arbitrary<Json> {
  const one = singleOf(attribute);
  return attribute.multiValued ? fc.array(one, { minLength: 1, maxLength: 4 }) : one;
}

function singleOf({ type, subAttributes }: Attribute): fc.Arbitrary<Json> {
  if (type === 'boolean') return fc.boolean();
  if (type === 'binary') return base64;
  if (type !== 'complex') return text;
  const writable = [...subAttributes.values()].filter(
    ({ mutability, name }) => mutability === 'readWrite' && name !== 'primary',
  );
  const parts = writable.map((sub) => [sub.name, fc.option(singleOf(sub), { nil: undefined })] as const);
  return fc.record(Object.fromEntries(parts)).map((members) => JSON.parse(JSON.stringify(members)));
}

const person = fc.record(Object.fromEntries(WRITABLE.map((attribute) => [attribute.key, arbitraryFor(attribute)])), {
  requiredKeys: [],
});

describe('SCIM representations', () => {
  let scim: ScimServer;
  before(async () => {
    scim = await startScim();
  });
  after(() => scim.stop());

  /** Extension attributes by their bare names, as the normaliser takes them. */
  const bodyOf = (facts: object): Body =>
    aPerson(
      Object.fromEntries(Object.entries(facts).map(([key, value]) => [key.slice(key.lastIndexOf(':') + 1), value])),
    );

  it('can be PUT back as they were shown, and change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(person, async (facts) => {
        const created = await scim.post('/Users', bodyOf(facts));
        fc.pre(created.status === 201 && !Object.values(facts).some(isEmptied));
        const shown = expectBody(created, 201);
        scim.advance(1000);
        expect(expectBody(await scim.put(`/Users/${shown.id}`, shown), 200)).to.deep.equal(shown);
        expect(await scim.stored(shown.id)).to.have.property('version', 1);
      }),
      { numRuns: 200 },
    );
  }).timeout(30_000);

  it('can be PATCHed onto themselves, attribute by attribute, and change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(person, async (facts) => {
        const created = await scim.post('/Users', bodyOf(facts));
        fc.pre(created.status === 201);
        const shown = expectBody(created, 201);
        const { schemas: _, id, meta: __, ...attributes } = shown;
        const operations = Object.entries(attributes).flatMap(([path, value]) => [
          { op: 'replace', path, value },
          { op: 'add', path, value },
        ]);
        scim.advance(1000);
        expect(expectBody(await scim.patch(`/Users/${id}`, operations), 200)).to.deep.equal(shown);
        expect(await scim.stored(id)).to.have.property('version', 1);
      }),
      { numRuns: 200 },
    );
  }).timeout(30_000);

  it('are the same in a list, by id, and after a write', async () => {
    await fc.assert(
      fc.asyncProperty(person, async (facts) => {
        const created = await scim.post('/Users', bodyOf(facts));
        fc.pre(created.status === 201);
        const { id } = created.body;
        expect((await scim.filter(`id eq "${id}"`)).body.Resources).to.deep.equal([created.body]);
        expect((await scim.get(`/Users/${id}`)).body).to.deep.equal(created.body);
      }),
      { numRuns: 100 },
    );
  }).timeout(30_000);
});

/** What a POST asserts to have no value is no longer asserted by a PUT that leaves it out. */
function isEmptied(value: Json | undefined): boolean {
  const elements = Array.isArray(value) ? value : [value];
  return elements.every((element) => typeof element === 'object' && element !== null && hasOnlyLabels(element));
}

function hasOnlyLabels(element: object): boolean {
  return Object.keys(element).every((name) => name === 'type' || name === 'primary');
}

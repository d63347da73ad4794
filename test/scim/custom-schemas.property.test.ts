import { expect } from 'chai';
import fc from 'fast-check';
import type { GivenAttribute } from '../../src/core/complete-attribute.ts';
import { ROLE_SCHEMA as R } from '../fixtures/configurations.ts';
import { describeOnBothStores } from './both-stores.ts';
import type { Body } from './client.ts';
import { configurator } from './configure.ts';
import { expectBody, expectError } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const TYPES = ['string', 'boolean', 'integer', 'decimal', 'dateTime', 'binary', 'reference'] as const;

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,6}$/).map((text) => `x${text}`);

const simple: fc.Arbitrary<GivenAttribute> = fc.record({
  name,
  type: fc.constantFrom(...TYPES),
  multiValued: fc.boolean(),
  caseExact: fc.boolean(),
  required: fc.boolean(),
  returned: fc.constantFrom('always', 'default', 'request'),
  mutability: fc.constantFrom('readWrite', 'immutable'),
});

const distinct = (attribute: fc.Arbitrary<GivenAttribute>, most: number) =>
  fc.uniqueArray(attribute, { minLength: 1, maxLength: most, selector: (one) => one.name.toLowerCase() });

const sub = simple.map(
  (attribute) => ({ ...attribute, multiValued: false, mutability: 'readWrite', returned: 'default' }) as const,
);

const complex: fc.Arbitrary<GivenAttribute> = fc
  .record({ name, multiValued: fc.boolean(), subAttributes: distinct(sub, 3) })
  .map((facts) => ({ ...facts, type: 'complex' }));

const schema = distinct(fc.oneof({ weight: 3, arbitrary: simple }, { weight: 1, arbitrary: complex }), 6);

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
  .filter((one) => one.trim() !== '' && !one.includes('\0'));

const SINGLES: Readonly<Record<(typeof TYPES)[number], fc.Arbitrary<unknown>>> = {
  string: text,
  reference: text,
  boolean: fc.boolean(),
  integer: fc.maxSafeInteger(),
  decimal: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  dateTime: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
  binary: fc.base64String({ minLength: 4, maxLength: 12 }),
};

function valid(attribute: GivenAttribute): fc.Arbitrary<unknown> {
  const { type, subAttributes = [], multiValued } = attribute;
  const single: fc.Arbitrary<unknown> =
    type === 'complex'
      ? fc.record(Object.fromEntries(subAttributes.map((one) => [one.name, valid(one)])))
      : SINGLES[type];
  if (!multiValued) return single;
  const selector = (value: unknown) => JSON.stringify(value).normalize('NFC').toLowerCase();
  return fc.uniqueArray(single, { minLength: 1, maxLength: 3, selector });
}

const bodyOf = (attributes: readonly GivenAttribute[]) =>
  fc.record(Object.fromEntries(attributes.map((attribute) => [attribute.name, valid(attribute)])));

/** A valid body of which one member is anything. */
const spoilt = (attributes: readonly GivenAttribute[]) =>
  fc
    .tuple(bodyOf(attributes), fc.constantFrom(...attributes), fc.jsonValue({ maxDepth: 3 }))
    .map(([body, { name: spoiltName }, anything]) => ({ ...(body as object), [spoiltName]: anything }));

describeOnBothStores('SCIM under a random schema', (on) => {
  let scim: ScimServer;
  let configure: ReturnType<typeof configurator>;
  let used = 0;
  before(async () => {
    scim = await startScim(on);
    configure = configurator(scim, scim);
  });
  after(() => scim.stop());

  const numRuns = on.open ? 12 : 60;

  /** Serves the schema under a URN and an endpoint of its own; gives both, and forgets them afterwards. */
  async function serving(attributes: readonly GivenAttribute[], work: (path: string, urn: string) => Promise<void>) {
    const [urn, type] = [`${R}:${++used}`, `Random${used}`];
    await configure.schema(urn, ...attributes);
    await configure.type({ name: type, endpoint: `/${type}s`, schema: urn });
    await work(`/${type}s`, urn);
    await configure.forgetType(type);
    await configure.forgetSchema(urn);
  }

  it('gives back every valid value as it was, and takes what it shows', async () => {
    const cases = schema.chain((attributes) => fc.tuple(fc.constant(attributes), bodyOf(attributes)));
    await fc.assert(
      fc.asyncProperty(cases, ([attributes, body]) =>
        serving(attributes, async (path, urn) => {
          const made = expectBody(await scim.post(path, { schemas: [urn], ...(body as object) }), 201);
          const all = `?attributes=${attributes.map((one) => one.name).join(',')}`;
          const shown = expectBody(await scim.get(`${path}/${made.id}${all}`), 200);
          const { schemas, id, ...values } = shown;
          expect(values).to.deep.equal(JSON.parse(JSON.stringify(body)));
          const put = expectBody(await scim.put(`${path}/${id}`, { ...shown, schemas }), 200);
          expect(put.meta, 'nothing changed').to.deep.equal(made.meta);
        }),
      ),
      { numRuns },
    );
  }).timeout(60_000);

  it('takes anything or refuses it with 400, shows only what the schema says, and takes back what it shows', async () => {
    const cases = schema.chain((attributes) => fc.tuple(fc.constant(attributes), spoilt(attributes)));
    await fc.assert(
      fc.asyncProperty(cases, ([attributes, body]) =>
        serving(attributes, async (path, urn) => {
          const answer = await scim.post(path, { schemas: [urn], ...body });
          if (answer.status !== 201) {
            expectError(answer, 400, 'invalidValue');
            expect(expectBody(await scim.get(path), 200).totalResults).to.equal(0);
            return;
          }
          const names = attributes.map((one) => one.name);
          const shown = expectBody(await scim.get(`${path}/${answer.body.id}?attributes=${names.join(',')}`), 200);
          const { schemas: _, id, ...values } = shown;
          for (const one of attributes) checkShown(one, values[one.name]);
          expect(names).to.include.members(Object.keys(values));
          const put = expectBody(await scim.put(`${path}/${id}`, shown), 200);
          expect(put.meta).to.deep.equal(answer.body.meta);
        }),
      ),
      { numRuns },
    );
  }).timeout(60_000);
});

const FORMS = { boolean: 'boolean', integer: 'number', decimal: 'number' } as const;

function checkShown({ name: label, type, multiValued, subAttributes = [] }: GivenAttribute, value: Body): void {
  if (value === undefined) return;
  if (multiValued) expect(value, label).to.be.an('array').that.is.not.empty;
  for (const one of multiValued ? value : [value]) {
    if (type !== 'complex') expect(one, label).to.be.a(type in FORMS ? FORMS[type as keyof typeof FORMS] : 'string');
    else {
      expect(
        subAttributes.map((part) => part.name),
        label,
      ).to.include.members(Object.keys(one));
      for (const part of subAttributes) checkShown(part, one[part.name]);
    }
  }
}

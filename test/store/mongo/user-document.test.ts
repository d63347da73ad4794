import { expect } from 'chai';
import fc from 'fast-check';
import { mongo } from 'mongoose';
import type { Json } from '../../../src/core/json.ts';
import type { User } from '../../../src/core/user.ts';
import { type StoredPerson, storedPerson, userOf } from '../../../src/store/mongo/user-document.ts';
import { aDirectoryRecord, anOwnedUser, aScimRecord, aUser } from '../../fixtures/users.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const HARD_NAMES = [
  '',
  '$ref',
  '$where',
  'a.b',
  '__proto__',
  'constructor',
  'toString',
  '%',
  '%24ref',
  '%text',
  ':',
  'a:',
  ':b',
  'x\u0000y',
  '\ud800',
  'urn\ud800:x',
  '0',
  '_id',
  'length',
  `${ENTERPRISE}:department`,
  `${ENTERPRISE}:$ref`,
  'urn:other:2.0:Thing:__proto__',
] as const;

const name = fc.oneof(fc.constantFrom(...HARD_NAMES), fc.string({ unit: 'binary', maxLength: 12 }));
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\ud800', 'a\udc00b', 'x\u0000y', '%0041', 'Zoë'),
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => (Object.is(one, -0) ? 0 : one)),
  fc.constantFrom(0, 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, 2 ** 53, 1e21, 0.1),
);
const { json } = fc.letrec<{ json: Json; object: Json }>((tie) => ({
  object: objectOf(tie('json')),
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    number,
    text,
    fc.array(tie('json'), { maxLength: 4 }),
    tie('object'),
  ),
}));
const attributes = objectOf(json);
const stamps = objectOf(fc.nat());

/** Objects as JSON.parse makes them: `__proto__` is a name like any other. */
function objectOf<T>(value: fc.Arbitrary<T>): fc.Arbitrary<{ readonly [name: string]: T }> {
  return fc
    .uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 6 })
    .map((entries) => Object.fromEntries(entries));
}

const person: fc.Arbitrary<User> = fc
  .record({ first: attributes, second: attributes, effective: attributes, stamps, text, same: fc.boolean() })
  .map(({ first, second, effective, stamps, text, same }) =>
    aUser({
      email: `${text}@example.com`,
      attributes: same ? second : effective,
      records: [
        aScimRecord(first, { stamps, email: null, opaque: text, externalId: text }),
        { ...aDirectoryRecord('google', text, { reasons: [text] }), attributes: second },
      ],
      access: {
        level: 'elevated',
        roles: [{ role: text, scope: { kind: 'job', id: text } }],
        dormantRoles: [],
        pools: [text],
      },
    }),
  );

/** The way into a document of the database and out again. */
function throughBson(user: User): User {
  const { deserialize, serialize } = mongo.BSON;
  return userOf(deserialize(serialize(storedPerson(user))) as StoredPerson);
}

describe('a person’s document', () => {
  it('gives any person back as they were', () => {
    fc.assert(
      fc.property(person, (user) => {
        expect(throughBson(user)).to.deep.equal(user);
      }),
      { numRuns: 2_000 },
    );
  }).timeout(60_000);

  it('carries no name that the database could take for its own', () => {
    fc.assert(
      fc.property(person, (user) => {
        for (const one of namesIn(storedPerson(user))) expect(one).to.match(/^[^$.\0]+$/u);
      }),
      { numRuns: 500 },
    );
  }).timeout(60_000);

  it('keys attributes by their names, and those of extensions under their schema', () => {
    const values = { title: 'Countess', [`${ENTERPRISE}:manager`]: { value: 'm1', $ref: '../Users/m1' } };
    const { body } = storedPerson(anOwnedUser(values));
    expect(body.records[0]).to.have.deep.property('attributes', {
      own: { title: 'Countess' },
      extensions: [{ schema: ENTERPRISE, attributes: { manager: { value: 'm1', '%%0024ref': '../Users/m1' } } }],
    });
  });

  it('writes effective values that are one record’s only once', () => {
    const user = anOwnedUser({ title: 'Countess' });
    expect(storedPerson(user).body.attributes).to.equal(0);
    expect(storedPerson({ ...user, attributes: {} }).body.attributes).to.deep.equal({ own: {} });
  });

  it('tells a null from an absent name, and leaves out what is undefined', () => {
    const user = { ...anOwnedUser({ title: null, tags: [], name: {} }), heldEmail: null };
    expect(throughBson(user)).to.deep.equal(user);
    expect(throughBson({ ...user, extra: undefined } as User)).not.to.have.property('extra');
  });
});

function namesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  return Object.entries(value).flatMap(([key, item]) => [key, ...namesIn(item)]);
}

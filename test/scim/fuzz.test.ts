import { expect } from 'chai';
import fc from 'fast-check';
import { createUserSchema } from '../../scim/schema/user-schema.ts';
import type { User } from '../../src/core/user.ts';
import { watchBuiltIns } from './builtins.ts';
import { type Answer, type Body, patchOp } from './client.ts';
import { aPerson, E, expectBody, U } from './expectations.ts';
import { HOSTILE_STRINGS } from './hostile-strings.ts';
import { type ScimServer, startScim } from './server.ts';

const { index } = createUserSchema();

/** Names a client might use to reach what is not its own. */
const INTERNAL_NAMES = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '$where', '$ne', '$set', '_id', 'writeId'],
  ...[
    'id',
    'scimId',
    'organizationId',
    'tenantId',
    'connectionId',
    'kind',
    'status',
    'version',
    'settingsVersion',
    'eventCount',
  ],
  ...[
    'records',
    'scim',
    'access',
    'level',
    'role',
    'isAdmin',
    'admin',
    'terminated',
    'linked',
    'source',
    'opaque',
    'heldEmail',
  ],
  ...['email', 'createdAt', 'updatedAt', 'meta', 'groups', 'schemas', 'password', 'attributes', 'externalId', 'active'],
];
const NAMES = [...new Set([...INTERNAL_NAMES, ...index.paths.keys(), ...index.parts.keys(), 'urn:example:custom'])];

const name = fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom(...INTERNAL_NAMES), fc.string({ maxLength: 12 }));
const scalar = fc.oneof(
  fc.constantFrom('True', 'false', '', 'work', 'admin', 'x@example.com', null, true, false, 0, -1, 1e308),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(...HOSTILE_STRINGS.map((text) => text.slice(0, 60))),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((members) => asObject(members)),
  ),
}));
const body = fc.array(fc.tuple(name, value), { maxLength: 6 }).map(asObject);

const piece = fc.oneof(
  name,
  fc.constantFrom(
    'eq',
    'ne',
    'co',
    'sw',
    'ew',
    'gt',
    'pr',
    'and',
    'or',
    'not',
    '(',
    ')',
    '[',
    ']',
    '.',
    '"',
    'true',
    'null',
    '7',
  ),
  fc.constantFrom('"a"', '"work"', '"\\u0041"', '"\\', '\u0000', '\t', '2026-10-01T12:00:00Z'),
);
const path = fc.oneof(
  name,
  fc.tuple(name, piece, piece, piece).map(([attribute, ...inside]) => `${attribute}[${inside.join(' ')}]`),
  fc.tuple(name, piece, name).map(([attribute, inside, sub]) => `${attribute}[type eq "${inside}"].${sub}`),
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
);
const operation = fc.record(
  { op: fc.constantFrom('add', 'Replace', 'remove', 'move'), path: fc.oneof(path, path, scalar), value },
  { requiredKeys: ['op'] },
);

describe('SCIM under 5,000 fuzzed requests (S03, S11)', () => {
  let scim: ScimServer;
  let user: Body;
  let before: User;
  let tampered = watchBuiltIns();
  beforeEach(async () => {
    tampered = watchBuiltIns();
    scim = await startScim();
    user = expectBody(await scim.post('/Users', aPerson({ emails: [{ value: 'a@example.com', type: 'work' }] })), 201);
    before = await scim.stored(user.id);
  });
  afterEach(async () => {
    expect(tampered()).to.deep.equal([]);
    await scim.stop();
  });

  /** Refused as SCIM refuses, or done; never crashed. */
  const expectSane = (answer: Answer, ...fine: readonly number[]) => {
    expect(answer.status, answer.text).to.be.oneOf([...fine, 400, 409]);
    expect(answer.body.schemas, answer.text).to.be.an('array').that.is.not.empty;
    if (answer.status >= 400) expect(answer.body).to.include({ status: String(answer.status) });
  };

  /** Whatever was sent, only what a client may say about a person has changed. */
  const expectOwnFieldsOnly = async () => {
    const after = await scim.stored(user.id);
    const {
      records: _,
      attributes: __,
      email: ___,
      heldEmail: ____,
      status,
      version,
      eventCount,
      updatedAt,
      ...fixed
    } = after;
    for (const field of Object.keys(fixed) as (keyof typeof fixed)[])
      expect(after[field], field).to.deep.equal(before[field]);
    expect(status).to.be.oneOf(['active', 'deactivated']);
    expect(version).to.be.within(before.version, before.version + 1);
    expect(eventCount).to.be.within(before.eventCount, before.eventCount + 1);
    expect(after.records.map(({ source, connectionId }) => [source, connectionId])).to.deep.equal([
      ['scim', scim.connectionId],
    ]);
    for (const key of Object.keys((await scim.record(user.id)).attributes))
      expect(index.byKey.get(key)?.mutability, key).to.equal('readWrite');
    expect(updatedAt).to.be.a('string');
    before = after;
  };

  it('answers 1,600 filters', async () => {
    const filters = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' '));
    await fc.assert(
      fc.asyncProperty(fc.oneof(filters, path), async (text) =>
        expectSane(await scim.filter(text.toWellFormed()), 200),
      ),
      { numRuns: 1600 },
    );
  }).timeout(60_000);

  it('answers 1,600 PATCHes and lets them change their own fields only', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 3 }), async (operations) => {
        const { status, text } = await scim.patch(`/Users/${user.id}`, operations);
        expect(status, text).to.be.oneOf([200, 400, 409]);
        await expectOwnFieldsOnly();
      }),
      { numRuns: 1600 },
    );
  }).timeout(60_000);

  it('answers 800 PUTs and 800 PatchOps of anything', async () => {
    const userName = { userName: user.userName };
    await fc.assert(
      fc.asyncProperty(body, async (members) => {
        expectSane(await scim.put(`/Users/${user.id}`, { ...asObject(Object.entries(members)), ...userName }), 200);
        await expectOwnFieldsOnly();
        const odd = { ...patchOp([]), ...members };
        expectSane(
          await scim.send({
            method: 'PATCH',
            path: `/Users/${user.id}`,
            text: JSON.stringify(odd),
            headers: { 'content-type': 'application/scim+json' },
          }),
          200,
        );
        await expectOwnFieldsOnly();
      }),
      { numRuns: 800 },
    );
  }).timeout(60_000);

  it('answers 200 POSTs of anything', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (members) => {
        const answer = await scim.post('/Users', members);
        expectSane(answer, 201);
        if (answer.status === 201)
          expect(await scim.stored(answer.body.id)).to.include({
            organizationId: scim.organizationId,
            kind: 'employee',
          });
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);

  it('keeps every access to itself, by whatever name it is asked for', async () => {
    for (const attribute of INTERNAL_NAMES) {
      const wanted = { level: 'admin', roles: [{ role: 'owner' }] };
      for (const sent of [wanted, 'admin', true, [wanted]]) {
        await scim.patch(`/Users/${user.id}`, [
          { op: 'add', value: { [attribute]: sent, [`${U}:${attribute}`]: sent, [`${E}:${attribute}`]: sent } },
        ]);
        await scim.patch(`/Users/${user.id}`, [{ op: 'add', path: attribute, value: sent }]);
      }
    }
    const after = await scim.stored(user.id);
    expect(after.access).to.deep.equal(before.access);
    expect(after).to.include({ id: before.id, organizationId: before.organizationId, kind: 'employee' });
    expect((await scim.deps.stores.organizations.get(scim.organizationId))?.admins).to.deep.equal([]);
  });
});

/** An object with these members as its own, `__proto__` too. */
function asObject(members: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, member] of members)
    Object.defineProperty(object, key, { value: member, enumerable: true, configurable: true, writable: true });
  return object;
}

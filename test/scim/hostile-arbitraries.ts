import fc from 'fast-check';
import { builtInSchemas } from '../../scim/schema/served-schemas.ts';
import { HOSTILE_STRINGS } from './hostile-strings.ts';

const index = builtInSchemas().user.schema;

/** Names a client might use to reach what is not its own. */
export const INTERNAL_NAMES: readonly string[] = [
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
/** Those, and every name the schemas know. */
export const NAMES = [
  ...new Set([...INTERNAL_NAMES, ...index.paths.keys(), ...index.parts.keys(), 'urn:example:custom']),
];

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
/** A JSON object of anything. */
export const body = fc.array(fc.tuple(name, value), { maxLength: 6 }).map(asObject);

/** Words and signs of filters and paths. */
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
/** What might be taken for a PATCH path. */
export const path = fc.oneof(
  name,
  fc.tuple(name, piece, piece, piece).map(([attribute, ...inside]) => `${attribute}[${inside.join(' ')}]`),
  fc.tuple(name, piece, name).map(([attribute, inside, sub]) => `${attribute}[type eq "${inside}"].${sub}`),
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
);
/** An operation of a PATCH, more or less. */
export const operation = fc.record(
  { op: fc.constantFrom('add', 'Replace', 'remove', 'move'), path: fc.oneof(path, path, scalar), value },
  { requiredKeys: ['op'] },
);

/** What might be taken for a filter. */
export const filter = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' ')),
  path,
);

/** An object with these members as its own, `__proto__` too. */
export function asObject(members: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, member] of members)
    Object.defineProperty(object, key, { value: member, enumerable: true, configurable: true, writable: true });
  return object;
}

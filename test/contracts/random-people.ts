import type { Attributes, Grant, SourceRecord, User } from '../../src/core/user.ts';
import type { Comparison, Condition, UserField } from '../../src/ports/condition.ts';
import { aDirectoryRecord, aScimRecord, aUser, CONNECTION } from '../fixtures/users.ts';

/** Chance that can be had again: the same seed, the same people and conditions. */
export interface Chance {
  /** A whole number from 0 up to, and without, `below`. */
  below(limit: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
}

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return { below, pick: <T>(from: readonly [T, ...T[]]) => from[below(from.length)] as T };
}

/** Few words, so that conditions hit; with what LIKE, quotes, case and normal forms may stumble over. */
const WORDS = [
  'Ada',
  'ADA',
  'ada',
  'Zoë',
  'ZOE\u0308',
  "O'Neil",
  '100%',
  'a_b',
  'a\\b',
  '',
  ' ',
  'ß',
  'İ',
  '"q"',
  'x\u0000y',
] as const;
const STATUSES = ['unprovisioned', 'active', 'deactivated', 'terminated'] as const;

export function randomUser(chance: Chance, n: number): User {
  const address =
    chance.below(5) === 0 ? null : `${chance.pick(WORDS)}${n}@${chance.pick(['Example.com', 'example.org'])}`;
  const employee = chance.below(8) > 0;
  const owner = chance.pick([null, CONNECTION, CONNECTION, 'connection-2']);
  const dead = chance.below(8) === 0;
  const scim = employee && !dead ? { id: `scim-${n}`, connectionId: owner } : { id: null, connectionId: null };
  const records: readonly SourceRecord[] = [
    ...(owner
      ? [aScimRecord(randomAttributes(chance, n), { connectionId: owner, ...randomAssertion(chance, n) })]
      : []),
    ...(chance.below(2) ? [aDirectoryRecord('google', `g${n}`)] : []),
    ...(chance.below(4) ? [] : [aDirectoryRecord('microsoft', `m${n}`)]),
  ];
  return aUser({
    kind: employee ? 'employee' : 'agency',
    records,
    status: chance.pick(STATUSES),
    email: address,
    attributes: { ...randomAttributes(chance, n), ...randomPlace(chance) },
    access: randomAccess(chance),
    ...(employee ? {} : { agencyId: `${chance.pick(WORDS)}-agency` }),
    ...(chance.below(3) ? {} : { hostId: `${chance.pick(WORDS)}:${n}` }),
    scim,
    createdAt: randomTime(chance),
    updatedAt: randomTime(chance),
    ...(chance.below(3) ? {} : { seenByScim: { version: 1, at: randomTime(chance) } }),
  });
}

function randomPlace(chance: Chance): Attributes {
  const some = (attributes: Attributes): Attributes => (chance.below(3) ? attributes : {});
  return {
    ...some({
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber': chance.pick([...WORDS, null]),
    }),
    ...some({ 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department': chance.pick([...WORDS, null]) }),
    ...some({ 'urn:rollcall:schemas:1.0:Person:location': chance.pick([...WORDS, null]) }),
  };
}

function randomAccess(chance: Chance): User['access'] {
  const grant = (): Grant => ({
    role: chance.pick(WORDS),
    scope: { kind: chance.pick(['organization', 'job', 'department']), id: chance.pick(WORDS) },
  });
  const grants = () => Array.from({ length: chance.below(3) }, grant);
  return {
    level: chance.pick(['limited', 'limited', 'elevated', 'admin']),
    roles: grants(),
    dormantRoles: grants(),
    pools: Array.from({ length: chance.below(3) }, () => chance.pick(WORDS)),
  };
}

function randomAssertion(chance: Chance, n: number): Partial<SourceRecord> {
  return {
    enabled: chance.pick([true, false, null]),
    externalId: chance.below(3) ? `${chance.pick(WORDS)}-${n}` : null,
  };
}

function randomAttributes(chance: Chance, n: number): Attributes {
  const some = (attributes: Attributes): Attributes => (chance.below(3) ? attributes : {});
  const email = () => ({ value: `${chance.pick(WORDS)}${chance.below(4)}@example.net`, type: 'work' });
  return {
    userName: `${chance.pick(WORDS)}.${n}`,
    ...some({ displayName: chance.pick([...WORDS, null]) }),
    ...some({
      name: chance.pick([
        null,
        { familyName: chance.pick(WORDS), givenName: chance.pick(WORDS) },
        { familyName: null },
      ]),
    }),
    ...some({ emails: chance.pick([null, [], [email()], [email(), email(), { type: 'home' }]]) }),
  };
}

function randomTime(chance: Chance): string {
  return new Date(Date.UTC(2026, 0, 1 + chance.below(5), chance.below(3), 0, 0, chance.below(3))).toISOString();
}

const FIELDS: readonly [UserField, ...UserField[]] = [
  'id',
  'scimId',
  'userName',
  'externalId',
  'emails',
  'email',
  'displayName',
  'familyName',
  'givenName',
  'status',
  'kind',
  'sources',
  'active',
  'department',
  'location',
  'level',
  'roles',
  'jobs',
  'pools',
  'agency',
  'hostId',
  'employeeNumber',
  'created',
  'updated',
  'lastModified',
  'q',
];
const COMPARISONS: readonly [Comparison, ...Comparison[]] = ['eq', 'ne', 'sw', 'co', 'gt', 'ge', 'lt', 'le', 'pr'];

/** Every field with every comparison, each with several values. */
export function everyLeaf(chance: Chance, people: readonly User[]): readonly Condition[] {
  const values = () => [
    randomValue(chance, people),
    randomValue(chance, people),
    randomValue(chance, people),
    null,
    true,
  ];
  return FIELDS.flatMap((field) => COMPARISONS.flatMap((op) => values().map((value) => ({ field, op, value }))));
}

export function randomCondition(chance: Chance, people: readonly User[], depth = 3): Condition {
  const parts = () => Array.from({ length: chance.below(4) }, () => randomCondition(chance, people, depth - 1));
  if (depth === 0 || chance.below(3) === 0)
    return { field: chance.pick(FIELDS), op: chance.pick(COMPARISONS), value: randomValue(chance, people) };
  return chance.pick<() => Condition>([
    () => ({ and: parts() }),
    () => ({ or: parts() }),
    () => ({ not: randomCondition(chance, people, depth - 1) }),
  ])();
}

/** Mostly something somebody has, whole or cut, in another case now and then. */
function randomValue(chance: Chance, people: readonly User[]): string | boolean | null {
  if (chance.below(12) === 0) return chance.pick([null, true, false]);
  const text = knownText(chance, people[chance.below(people.length)] ?? aUser());
  const cut = chance.below(3) === 0 ? text.slice(0, chance.below(text.length + 1)) : text;
  return chance.pick([cut, cut, cut.toUpperCase()]);
}

function knownText(chance: Chance, user: User): string {
  const record = user.records[0];
  const texts = [
    user.id,
    user.scim.id,
    user.email,
    user.status,
    user.kind,
    user.createdAt,
    user.updatedAt,
    user.seenByScim?.at,
    record?.source,
  ];
  const { level, roles, pools } = user.access;
  const granted = roles.flatMap(({ role, scope }) => [role, scope.id]);
  const attributes = Object.values(record?.attributes ?? user.attributes).flatMap(leaves);
  const known = [
    ...texts,
    level,
    ...granted,
    ...pools,
    user.agencyId,
    user.hostId,
    ...placesOf(user),
    record?.externalId,
    ...attributes,
    chance.pick(WORDS),
  ].filter((text) => typeof text === 'string');
  return known[chance.below(known.length)] ?? '';
}

const placesOf = ({ attributes }: User) =>
  Object.entries(attributes).flatMap(([name, value]) => (name.startsWith('urn:') ? leaves(value) : []));

function leaves(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
}

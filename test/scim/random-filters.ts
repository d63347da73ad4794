import type { Attributes, User } from '../../src/core/user.ts';
import type { Chance } from '../contracts/random-people.ts';
import { anOwnedUser, aUser, CONNECTION } from '../fixtures/users.ts';
import { E, U } from './expectations.ts';

/** Few texts, so that filters hit; with what patterns, quotes, case, normal forms and code points may stumble over. */
const TEXTS = [
  'ada',
  'Ada',
  'ADA',
  'Zoë',
  'ZOE\u0308',
  "O'Neil",
  '100%',
  'a_b',
  'a\\b',
  '"q"',
  'ß',
  'İ',
  '\u{1f642}x',
  '\ufffd',
  ' ',
  'x',
  'xy',
  'work',
  '.*',
] as const;
const TYPES = ['work', 'Work', 'home', 'other'] as const;

/** A person SCIM may or may not see, with attributes of every kind that a filter can ask for. */
export function randomPerson(chance: Chance, n: number): User {
  const attributes = randomAttributes(chance, n);
  const facts = { createdAt: randomTime(chance), updatedAt: randomTime(chance) };
  if (chance.below(6) > 0) {
    const externalId = chance.below(3) ? `${chance.pick(TEXTS)}-${n % 7}-${n}` : null;
    const connectionId = chance.below(8) ? CONNECTION : 'connection-2';
    const enabled = chance.pick([true, true, false, null]);
    return anOwnedUser(attributes, { ...facts, email: null }, { externalId, connectionId, enabled });
  }
  const kind = chance.below(4) ? 'employee' : 'agency';
  const email = chance.below(3) ? `${chance.pick(TEXTS)}${n}@Example.com` : null;
  const scim = kind === 'agency' || chance.below(5) === 0 ? { scim: { id: null, connectionId: null } } : {};
  const status = chance.pick(['active', 'deactivated', 'unprovisioned'] as const);
  return aUser({ ...facts, ...scim, kind, email, status, attributes });
}

function randomAttributes(chance: Chance, n: number): Attributes {
  const some = (likely: number, attributes: () => Attributes): Attributes => (chance.below(likely) ? attributes() : {});
  const text = () => chance.pick(TEXTS);
  return {
    userName: `${text()}.${n}`,
    ...some(3, () => ({ displayName: text() })),
    ...some(3, () => ({ name: chance.pick([{ familyName: text(), givenName: text() }, { formatted: text() }]) })),
    ...some(3, () => ({ emails: Array.from({ length: 1 + chance.below(3) }, (_, at) => randomEmail(chance, at)) })),
    ...some(2, () => ({ title: text() })),
    ...some(2, () => ({ phoneNumbers: [{ value: text(), type: chance.pick(TYPES) }] })),
    ...some(2, () => ({ [`${E}:department`]: text() })),
    ...some(2, () => ({ [`${E}:manager`]: { value: `scim-${chance.below(9)}`, displayName: text() } })),
  };
}

function randomEmail(chance: Chance, at: number) {
  return {
    value: `${chance.pick(TEXTS)}${chance.below(4)}@example.net`,
    ...(chance.below(3) ? { type: chance.pick(TYPES) } : {}),
    ...(chance.below(2) ? { display: chance.pick(TEXTS) } : {}),
    ...(at === 0 && chance.below(2) ? { primary: chance.pick([true, false]) } : {}),
  };
}

function randomTime(chance: Chance): string {
  return new Date(Date.UTC(2026, 0, 1 + chance.below(4), chance.below(2), 0, 0, chance.below(3))).toISOString();
}

const TEXT_PATHS = [
  'userName',
  'externalId',
  'id',
  'displayName',
  'name.familyName',
  'name.givenName',
  'name.formatted',
  'emails',
  'emails.value',
  'emails.type',
  'emails.display',
  'title',
  'phoneNumbers.value',
  `${E}:department`,
  'department',
  `${E}:manager.value`,
  'manager',
  `${U}:userName`,
  `${U}:emails.value`,
  'meta.resourceType',
] as const;
const ORDERS = ['gt', 'ge', 'lt', 'le'] as const;
const TEXT_OPERATORS = ['eq', 'eq', 'eq', 'ne', 'co', 'sw', 'ew', ...ORDERS] as const;

/** A filter as a client may write it: every operator and type, value paths, negations and groups, at most a few levels deep. */
export function randomFilter(chance: Chance, people: readonly User[], depth = 3): string {
  if (depth === 0 || chance.below(3) === 0) return randomTerm(chance, people);
  const inner = () => randomFilter(chance, people, depth - 1);
  return chance.pick<() => string>([
    () => `${inner()} and ${inner()}`,
    () => `${inner()} or ${inner()}`,
    () => `not (${inner()})`,
    () => `(${inner()})`,
  ])();
}

function randomTerm(chance: Chance, people: readonly User[]): string {
  const text = () => JSON.stringify(knownText(chance, people));
  const textTerm = () => `${inAnyCase(chance, chance.pick(TEXT_PATHS))} ${chance.pick(TEXT_OPERATORS)} ${text()}`;
  return chance.pick<() => string>([
    textTerm,
    textTerm,
    textTerm,
    () => `${chance.pick([...TEXT_PATHS, 'name', 'emails', 'active', 'meta', 'manager'])} pr`,
    () => `${chance.pick(TEXT_PATHS)} ${chance.pick(['eq', 'ne'])} null`,
    () => `active ${chance.pick(['eq', 'ne'])} ${chance.pick(['true', 'False', '"True"', 'null'])}`,
    () => `emails.primary ${chance.pick(['eq', 'ne'])} ${chance.pick(['true', 'false', 'null'])}`,
    () =>
      `meta.${chance.pick(['created', 'lastModified'])} ${chance.pick(['eq', 'ne', ...ORDERS])} ${randomInstant(chance)}`,
    () => `schemas eq ${JSON.stringify(chance.pick([U, E, 'urn:x']))}`,
    () => randomValuePath(chance, text),
  ])();
}

function randomValuePath(chance: Chance, text: () => string): string {
  const attribute = chance.pick(['emails', 'emails', 'emails', 'phoneNumbers'] as const);
  const term = () =>
    chance.pick<() => string>([
      () => `type ${chance.pick(['eq', 'ne', 'pr'])} ${JSON.stringify(chance.pick(TYPES))}`.replace(/pr .*/, 'pr'),
      () => `value ${chance.pick(TEXT_OPERATORS)} ${text()}`,
      () => `not (value eq ${text()})`,
      () => `${attribute === 'emails' ? 'primary eq true' : 'type pr'}`,
      () => `type ${chance.pick(['eq', 'ne'])} null`,
    ])();
  const inner = chance.pick([term(), `${term()} and ${term()}`, `${term()} or ${term()}`]);
  const tail = chance.below(3) ? '' : `.value ${chance.pick(TEXT_OPERATORS)} ${text()}`;
  return `${attribute}[${inner}]${tail}`;
}

function randomInstant(chance: Chance): string {
  const time = randomTime(chance);
  return JSON.stringify(
    chance.pick([
      time,
      time.replace('Z', '0001Z'),
      time.replace('Z', '+00:00'),
      time.replace(/T(\d\d)(.*)Z/, (_, hour, rest) => `T${String(Number(hour) + 2).padStart(2, '0')}${rest}+02:00`),
      '0001-01-01T00:00:00.0000000Z',
      time.slice(0, 10),
    ]),
  );
}

/** Mostly something somebody has, whole or cut, in another case now and then. */
function knownText(chance: Chance, people: readonly User[]): string {
  const user = people[chance.below(people.length)] ?? aUser();
  const record = user.records[0];
  const known = [
    user.scim.id,
    user.email,
    record?.externalId,
    'User',
    ...leavesOf(record?.attributes ?? user.attributes),
  ];
  const texts = known.filter((one) => typeof one === 'string');
  const text = texts[chance.below(texts.length)] ?? '';
  const cut = chance.below(3) === 0 ? [...text].slice(0, chance.below(text.length + 1)).join('') : text;
  return chance.pick([cut, cut, cut.toUpperCase()]);
}

function leavesOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [value];
}

const inAnyCase = (chance: Chance, path: string): string => (chance.below(4) ? path : path.toUpperCase());

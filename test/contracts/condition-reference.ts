import { ownerRecord } from '../../src/core/scim-view.ts';
import type { Attributes, User } from '../../src/core/user.ts';
import type { Comparison, Condition, UserField } from '../../src/ports/condition.ts';

type Leaf = Extract<Condition, { readonly field: UserField }>;
/** The values a field has: any number of texts, or one boolean. */
type Facts = Readonly<Record<Exclude<UserField, 'active'>, readonly string[]>> & { readonly active: boolean };

/**
 * What a condition means, told a second time and without any index: the store must select exactly the people this accepts.
 */
export function reference(user: User): (condition: Condition) => boolean {
  const facts = factsOf(user);
  const holds = (condition: Condition): boolean => {
    if ('and' in condition) return condition.and.every(holds);
    if ('or' in condition) return condition.or.some(holds);
    if ('not' in condition) return !holds(condition.not);
    return condition.field === 'active' ? activeHolds(facts.active, condition) : textHolds(facts, condition);
  };
  return holds;
}

const folded = (text: string) => text.normalize('NFC').toLowerCase();
const FOLDED: readonly UserField[] = [
  'userName',
  'emails',
  'email',
  'displayName',
  'familyName',
  'givenName',
  'department',
  'location',
  'q',
];
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

function factsOf(user: User): Facts {
  const visible = user.kind === 'employee' && user.scim.id !== null;
  const record = visible ? ownerRecord(user) : undefined;
  const shown = record?.attributes ?? user.attributes;
  const unownedName = visible ? [user.email ?? user.id] : [];
  return {
    id: [user.id],
    scimId: texts(user.scim.id),
    userName: (record ? texts(shown.userName) : unownedName).map(folded),
    externalId: texts(record?.externalId),
    emails: (record ? emailsOf(shown) : texts(user.email)).map(folded),
    email: texts(user.email).map(folded),
    ...namesOf(shown),
    status: [user.status],
    kind: [user.kind],
    sources: user.records.map(({ source }) => source),
    active: record?.enabled ?? user.status === 'active',
    department: texts(user.attributes[`${ENTERPRISE}:department`]).map(folded),
    location: texts(user.attributes['urn:rollcall:schemas:1.0:Person:location']).map(folded),
    level: [user.access.level],
    roles: user.access.roles.map(({ role }) => role),
    jobs: user.access.roles.flatMap(({ scope }) => (scope.kind === 'job' ? [scope.id] : [])),
    pools: user.access.pools,
    agency: texts(user.agencyId),
    hostId: texts(user.hostId),
    employeeNumber: texts(user.attributes[`${ENTERPRISE}:employeeNumber`]).flatMap((number) => number.trim() || []),
    created: [user.createdAt],
    updated: [user.updatedAt],
    lastModified: [user.seenByScim?.at ?? user.updatedAt],
    q: [...namesIn(user.attributes), ...namesIn(shown), ...texts(user.email)].map(folded),
  };
}

function namesOf({ displayName, name }: Attributes) {
  const { familyName, givenName } = (name ?? {}) as Attributes;
  return {
    displayName: texts(displayName).map(folded),
    familyName: texts(familyName).map(folded),
    givenName: texts(givenName).map(folded),
  };
}

/** Every text a search by name looks into; the full name counts as one. */
function namesIn(attributes: Attributes): readonly string[] {
  const { displayName, familyName, givenName } = namesOf(attributes);
  return [...displayName, [...givenName, ...familyName].join(' ')];
}

function emailsOf({ emails }: Attributes): readonly string[] {
  return Array.isArray(emails) ? emails.flatMap(({ value }) => texts(value)) : [];
}

const texts = (value: unknown): readonly string[] => (typeof value === 'string' ? [value] : []);

const COMPARE: Readonly<Record<Exclude<Comparison, 'pr' | 'ne'>, (left: string, right: string) => boolean>> = {
  eq: (left, right) => left === right,
  sw: (left, right) => left.startsWith(right),
  co: (left, right) => left.includes(right),
  gt: (left, right) => left > right,
  ge: (left, right) => left >= right,
  lt: (left, right) => left < right,
  le: (left, right) => left <= right,
};

function textHolds(facts: Facts, { field, op, value }: Leaf): boolean {
  if (['roles', 'jobs', 'pools', 'agency', 'hostId', 'employeeNumber'].includes(field) && /^[gl]/.test(op))
    return false;
  const values = facts[field] as readonly string[];
  const present = values.some((one) => one !== '');
  if (op === 'pr') return present;
  if (value === null && (op === 'eq' || op === 'ne')) return present === (op === 'ne');
  if (typeof value !== 'string') return op === 'ne';
  const wanted = FOLDED.includes(field) ? folded(value) : value;
  if (field === 'q') return values.some((one) => one.includes(wanted)) === (op !== 'ne');
  if (op === 'ne') return !values.includes(wanted);
  return values.some((one) => COMPARE[op](one, wanted));
}

function activeHolds(active: boolean, { op, value }: Leaf): boolean {
  if (op === 'pr') return true;
  if (op === 'eq') return active === value;
  return op === 'ne' && active !== value;
}

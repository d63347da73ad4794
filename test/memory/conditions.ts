import { fold } from '../../src/core/fold.ts';
import { seenByScim } from '../../src/core/scim-view.ts';
import type { Shadow } from '../../src/core/shadow.ts';
import type { TagField } from '../../src/core/tags.ts';
import type { User } from '../../src/core/user.ts';
import type { Comparison, Condition, UserField } from '../../src/ports/condition.ts';

type Value = string | boolean | null;
/** A person and the shadow they cast. */
export interface Shown {
  readonly user: User;
  readonly shadow: Shadow;
}

type Leaf = Extract<Condition, { readonly field: UserField }>;

const tagged =
  (field: TagField) =>
  (_: User, { tags }: Shadow): readonly string[] =>
    tags.flatMap((tag) => (tag.startsWith(`${field}:`) ? [tag.slice(field.length + 1)] : []));

/** What each field of a condition compares with; a list holds any number of values. */
const VALUES: Readonly<Record<Exclude<UserField, 'q'>, (user: User, shadow: Shadow) => Value | readonly string[]>> = {
  id: ({ id }) => id,
  scimId: (_, { scimId }) => scimId,
  userName: (_, { userNameKey }) => userNameKey,
  externalId: (_, { externalId }) => externalId,
  emails: (_, { emails }) => emails,
  email: (_, { emailKey }) => emailKey,
  displayName: (_, { displayName }) => displayName,
  familyName: (_, { familyName }) => familyName,
  givenName: (_, { givenName }) => givenName,
  status: ({ status }) => status,
  kind: ({ kind }) => kind,
  sources: (_, { sources }) => sources,
  active: (_, { active }) => active,
  department: (_, { department }) => department,
  location: (_, { location }) => location,
  level: (_, { level }) => level,
  roles: tagged('roles'),
  jobs: tagged('jobs'),
  pools: tagged('pools'),
  agency: tagged('agency'),
  hostId: tagged('hostId'),
  employeeNumber: tagged('employeeNumber'),
  created: ({ createdAt }) => createdAt,
  updated: ({ updatedAt }) => updatedAt,
  lastModified: (user) => seenByScim(user).at,
};

const TAGS: ReadonlySet<UserField> = new Set(['roles', 'jobs', 'pools', 'agency', 'hostId', 'employeeNumber']);

const FOLDED: ReadonlySet<UserField> = new Set([
  'userName',
  'emails',
  'email',
  'displayName',
  'familyName',
  'givenName',
  'department',
  'location',
  'q',
]);

/** Every comparison with a text but two. */
const ON_TEXT: Readonly<Record<Exclude<Comparison, 'ne' | 'pr'>, (left: string, right: string) => boolean>> = {
  eq: (left, right) => left === right,
  sw: (left, right) => left.startsWith(right),
  co: (left, right) => left.includes(right),
  gt: (left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)) > 0,
  ge: (left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)) >= 0,
  lt: (left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0,
  le: (left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)) <= 0,
};

/** Whether a person satisfies a condition, read off the person itself: what every store must agree with. */
export function satisfies(shown: Shown, condition: Condition | null | undefined): boolean {
  if (!condition) return true;
  if ('and' in condition) return condition.and.every((part) => satisfies(shown, part));
  if ('or' in condition) return condition.or.some((part) => satisfies(shown, part));
  if ('not' in condition) return !satisfies(shown, condition.not);
  return holds(condition, shown);
}

function holds({ field, op, value }: Leaf, { user, shadow }: Shown): boolean {
  if (field === 'active') return activeHolds(shadow.active, op, value);
  if (TAGS.has(field) && ['gt', 'ge', 'lt', 'le'].includes(op)) return false;
  const stored = field === 'q' ? shadow.search : VALUES[field](user, shadow);
  return compares({ folded: FOLDED.has(field), part: field === 'q' }, stored, op, value);
}

/** Whether any of the values satisfies the comparison; `part`: any but `ne` and `pr` looks for a part of the text. */
export function compares(
  { folded, part }: { readonly folded: boolean; readonly part: boolean },
  stored: Value | readonly string[],
  op: Comparison,
  value: Value,
): boolean {
  const values = (Array.isArray(stored) ? stored : [stored]).filter((one) => typeof one === 'string');
  const present = values.some((one) => one !== '');
  if (op === 'pr' || (value === null && op === 'ne')) return present;
  if (value === null) return op === 'eq' && !present;
  if (typeof value !== 'string') return op === 'ne';
  const wanted = folded ? fold(value) : value;
  const compare = ON_TEXT[part ? 'co' : op === 'ne' ? 'eq' : op];
  const some = values.some((one) => compare(one, wanted));
  return op === 'ne' ? !some : some;
}

function activeHolds(active: boolean, op: Comparison, value: Value): boolean {
  if (op === 'pr') return true;
  if (typeof value !== 'boolean') return op === 'ne';
  return op === 'eq' ? active === value : op === 'ne' && active !== value;
}

import { fold } from '../../core/fold.ts';
import type { Comparison, Condition, UserField } from '../../ports/condition.ts';
import { userKey } from './user-schema.ts';

type Leaf = Extract<Condition, { readonly field: UserField }>;

/** A query of the database; what always or never holds is a boolean until the end. */
export interface Query {
  readonly [name: string]: unknown;
}
type Compiled = Query | boolean;

interface FieldRule {
  /** The field of a person's document that is compared. */
  readonly path: string;
  readonly folded?: true;
  /** What stands for the value where the field does not hold it bare. */
  readonly stored?: (value: string, organization: string) => string;
}

const FIELDS: Readonly<Record<Exclude<UserField, 'active' | 'q'>, FieldRule>> = {
  id: { path: '_id', stored: (value, organization) => userKey(organization, value) },
  scimId: { path: 'scimId' },
  userName: { path: 'userNameKey', folded: true },
  externalId: { path: 'externalId' },
  emails: { path: 'emails', folded: true },
  email: { path: 'emailKey', folded: true },
  displayName: { path: 'displayName', folded: true },
  familyName: { path: 'familyName', folded: true },
  givenName: { path: 'givenName', folded: true },
  status: { path: 'status' },
  kind: { path: 'kind' },
  sources: { path: 'sources' },
  created: { path: 'created' },
  lastModified: { path: 'updated' },
};

/**
 * One typed operator each. Ordered comparisons meet only values of the same type, so that a field without a value meets none; of a
 * list they meet any value, and `$ne` only when none equals.
 */
const OPERATORS: Readonly<Record<Comparison, (value: string) => Query>> = {
  eq: (value) => ({ $eq: value }),
  ne: (value) => ({ $ne: value }),
  sw: (value) => ({ $regex: `^${literal(value)}` }),
  co: (value) => ({ $regex: literal(value) }),
  gt: (value) => ({ $gt: value }),
  ge: (value) => ({ $gte: value }),
  lt: (value) => ({ $lt: value }),
  le: (value) => ({ $lte: value }),
  pr: () => ({ $gt: '' }),
};

/** The pattern that matches just this text. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('\0', '\\x00');
}

const NOBODY: Query = { _id: { $in: [] } };

/**
 * Translates a condition into a query that selects exactly the people of the organization it describes.
 *
 * Client text is only ever the value of an operator of ours. The query does not say the organization itself.
 */
export function conditionQuery(condition: Condition, organization: string): Query {
  const compiled = compile(condition, organization, false);
  if (typeof compiled === 'boolean') return compiled ? {} : NOBODY;
  return compiled;
}

function compile(condition: Condition, organization: string, negate: boolean): Compiled {
  if ('not' in condition) return compile(condition.not, organization, !negate);
  if ('and' in condition) return combine(condition.and, !negate, organization, negate);
  if ('or' in condition) return combine(condition.or, negate, organization, negate);
  const leaf = compileLeaf(condition, organization);
  if (!negate) return leaf;
  return typeof leaf === 'boolean' ? !leaf : { $nor: [leaf] };
}

/** All of the parts (`every`), or any of them. */
function combine(parts: readonly Condition[], every: boolean, organization: string, negate: boolean): Compiled {
  const queries: Query[] = [];
  for (const part of parts) {
    const compiled = compile(part, organization, negate);
    if (compiled === !every) return compiled;
    if (typeof compiled !== 'boolean') queries.push(compiled);
  }
  if (queries.length === 0) return every;
  if (every) return queries.length === 1 ? (queries[0] as Query) : { $and: queries };
  const merged = mergeEquals(queries);
  return merged.length === 1 ? (merged[0] as Query) : { $or: merged };
}

/** Any number of values that one field may equal become one list of them: thousands cost no more than a look-up each. */
function mergeEquals(queries: readonly Query[]): readonly Query[] {
  const byPath = Map.groupBy(queries, equalPath);
  return [...byPath].flatMap(([path, group]) => {
    if (path === null || group.length === 1) return group;
    return [{ [path]: { $in: group.map((query) => (query[path] as { readonly $eq: unknown }).$eq) } }];
  });
}

function equalPath(query: Query): string | null {
  const [path = ''] = Object.keys(query);
  const test = query[path];
  return typeof test === 'object' && test !== null && Object.hasOwn(test, '$eq') ? path : null;
}

function compileLeaf({ field, op, value }: Leaf, organization: string): Compiled {
  if (field === 'active') return compareActive(op, value);
  const compare = field === 'q' ? compareSearch : compareText(FIELDS[field], organization);
  if (op === 'pr') return compare('pr', '');
  if (typeof value === 'string') return compare(op, value);
  if (value === null && op === 'eq') return { $nor: [compare('pr', '')] };
  if (value === null && op === 'ne') return compare('pr', '');
  return op === 'ne';
}

type Compare = (op: Comparison, value: string) => Query;

function compareText({ path, folded, stored }: FieldRule, organization: string): Compare {
  return (op, value) => {
    const plain = folded ? fold(value) : value;
    if (!stored) return { [path]: OPERATORS[op](plain) };
    // What stands before the value is the same for everybody, so only a part of it needs the bare field.
    return op === 'co' ? { id: OPERATORS.co(plain) } : { [path]: OPERATORS[op](stored(plain, organization)) };
  };
}

/** A part of name or address, whatever the comparison; `ne`: no part. */
const compareSearch: Compare = (op, value) => {
  if (op === 'pr') return { search: OPERATORS.pr('') };
  const part = { search: OPERATORS.co(fold(value)) };
  return op === 'ne' ? { $nor: [part] } : part;
};

/** `active` is always present and has no order. */
function compareActive(op: Comparison, value: string | boolean | null): Compiled {
  if (op === 'pr') return true;
  if (op !== 'eq' && op !== 'ne') return false;
  if (typeof value !== 'boolean') return op === 'ne';
  return { active: { $eq: op === 'eq' ? value : !value } };
}

import { fold } from '../../core/fold.ts';
import { type TagField, tagOf } from '../../core/tags.ts';
import type { Comparison, Condition, UserField } from '../../ports/condition.ts';
import { type Compare, type Compiled, compareField, OPERATORS, type Query, treeQuery } from './field-queries.ts';
import { userKey } from './user-schema.ts';

type Leaf = Extract<Condition, { readonly field: UserField }>;

interface FieldRule {
  /** The field of a person's document that is compared. */
  readonly path: string;
  readonly folded?: true;
  /** What stands for the value where the field does not hold it bare. */
  readonly stored?: (value: string, organization: string) => string;
}

const FIELDS: Readonly<Record<Exclude<UserField, 'active' | 'q' | TagField>, FieldRule>> = {
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
  department: { path: 'department', folded: true },
  location: { path: 'location', folded: true },
  level: { path: 'level' },
  created: { path: 'created' },
  updated: { path: 'updated' },
  lastModified: { path: 'seen' },
};

/**
 * Translates a condition into a query that selects exactly the people of the organization it describes.
 *
 * Client text is only ever the value of an operator of ours. The query does not say the organization itself.
 */
export function conditionQuery(condition: Condition, organization: string): Query {
  return treeQuery<Leaf>(condition, (leaf) => compileLeaf(leaf, organization));
}

function compileLeaf({ field, op, value }: Leaf, organization: string): Compiled {
  if (field === 'active') return compareActive(op, value);
  if (field === 'q') return compareField(compareSearch, op, value);
  if (isTagField(field)) return ORDERED.has(op) ? false : compareField(compareTag(field), op, value);
  return compareField(compareText(FIELDS[field], organization), op, value);
}

const TAG_FIELDS = [
  'roles',
  'jobs',
  'pools',
  'agency',
  'hostId',
  'employeeNumber',
] as const satisfies readonly TagField[];

const isTagField = (field: string): field is TagField => TAG_FIELDS.some((one) => one === field);

/** Comparisons that tags do not know. */
const ORDERED: ReadonlySet<Comparison> = new Set(['gt', 'ge', 'lt', 'le']);

/** Whoever has a tag of the field that satisfies the comparison; what a tag begins with says of which field it is. */
function compareTag(field: TagField): Compare {
  const start = tagOf(field, '');
  return (op, value) => {
    if (op === 'pr') return { tags: { $regex: `^${start}[\\s\\S]` } };
    if (op === 'co') return { tags: { $regex: `^${start}[\\s\\S]*${pattern(value)}` } };
    return { tags: OPERATORS[op](tagOf(field, value)) };
  };
}

/** The pattern of a text, wherever it stands. */
const pattern = (value: string): string => (OPERATORS.co(value) as { readonly $regex: string }).$regex;

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

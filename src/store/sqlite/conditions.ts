import { fold } from '../../core/fold.ts';
import type { Comparison, Condition, UserField } from '../../ports/condition.ts';
import { both, FALSE, type Fragment, fragment, joined, negated, TRUE } from './fragments.ts';
import { dayOf } from './user-columns.ts';

type Leaf = Extract<Condition, { readonly field: UserField }>;

/** The number of the organization, as rows carry it. */
type Organization = number | null;

/** How one field compares with a text. Booleans and null are the same for all fields but `active`. */
interface FieldRule {
  readonly folded: boolean;
  compare(op: Comparison, value: string, organization: Organization): Fragment;
}

/** The last code point: no text of ours goes on after a prefix with more than it. */
const LAST = '\u{10FFFF}';

/** Comparisons of one expression that yields text or null; `e` is ours, never a client's. */
const TEXT: Readonly<Record<Comparison, (e: string, value: string) => Fragment>> = {
  eq: (e, value) => fragment(`${e} = ?`, value),
  ne: (e, value) => negated(fragment(`${e} = ?`, value)),
  // The range is there for the index, instr for exactness.
  sw: (e, value) => fragment(`(${e} >= ? AND ${e} < ? AND instr(${e}, ?) = 1)`, value, value + LAST, value),
  co: (e, value) => fragment(`instr(${e}, ?) > 0`, value),
  gt: (e, value) => fragment(`${e} > ?`, value),
  ge: (e, value) => fragment(`${e} >= ?`, value),
  lt: (e, value) => fragment(`${e} < ?`, value),
  le: (e, value) => fragment(`${e} <= ?`, value),
  pr: (e) => fragment(`${e} <> ''`),
};

const text = (expression: string, folded = false): FieldRule => ({
  folded,
  compare: (op, value) => TEXT[op](expression, value),
});

/** A JSON list: holds when any value does, `ne` when none equals. */
function anyOf(column: string, folded: boolean, indexed?: FieldRule['compare']): FieldRule {
  const positive: FieldRule['compare'] = (op, value, organization) =>
    indexed && (op === 'eq' || op === 'sw') ? indexed(op, value, organization) : someOf(column, op, value);
  return {
    folded,
    compare: (op, value, organization) =>
      op === 'ne' ? negated(positive('eq', value, organization)) : positive(op, value, organization),
  };
}

function someOf(column: string, op: Comparison, value: string): Fragment {
  const { sql, values } = TEXT[op]('j.value', value);
  return { sql: `EXISTS (SELECT 1 FROM json_each(${column}) j WHERE ${sql})`, values };
}

/** By index: the claimed address, as far as it is among the values, and the table of the other values. */
const byEmailValue: FieldRule['compare'] = (op, value, organization) => {
  const address = both(TEXT[op]('u.email', value), someOf('u.emails', op, value));
  const { sql, values } = TEXT[op]('e.email', value);
  const others = `SELECT e.n FROM user_emails e WHERE e.organization = ? AND ${sql}`;
  return joined([address, fragment(`u.n IN (${others})`, organization, ...values)], 'OR');
};

/** The key table narrows, the column decides: a record of a connection that does not own the person does not count. */
const externalId: FieldRule = {
  folded: false,
  compare(op, value, organization) {
    const plain = TEXT[op]('u.external_id', value);
    if (op !== 'eq') return plain;
    const keys = `SELECT k.n FROM source_keys k WHERE k.organization = ? AND k.source = 'scim' AND k.external_id = ?`;
    return both(plain, fragment(`u.n IN (${keys})`, organization, value));
  },
};

/**
 * The exact time stands in the document's row; its day decides alone but for the day of the value itself. Whoever asks for a time
 * mostly means "since last time", so the day is announced as rare: its index shall be taken.
 */
const lastModified: FieldRule = {
  folded: false,
  compare(op, value) {
    const exact = TEXT[op]('(SELECT d.updated FROM documents d WHERE d.n = u.n)', value);
    const bounds = DAY_BOUNDS[op];
    if (!bounds) return exact;
    const day = dayOf(value);
    const narrowed = fragment(`likelihood(u.updated_day ${bounds.within} ?, 0.001)`, day);
    if (bounds.beyond === null) return both(narrowed, exact);
    return both(narrowed, joined([fragment(`u.updated_day ${bounds.beyond} ?`, day), exact], 'OR'));
  },
};
const AFTER = { within: '>=', beyond: '>' } as const;
const BEFORE = { within: '<=', beyond: '<' } as const;
const DAY_BOUNDS: Partial<Record<Comparison, { readonly within: string; readonly beyond: string | null }>> = {
  eq: { within: '=', beyond: null },
  gt: AFTER,
  ge: AFTER,
  lt: BEFORE,
  le: BEFORE,
};

/** As with changes: whoever asks for a time mostly means few people, so their index shall be taken. */
const created: FieldRule = {
  folded: false,
  compare(op, value) {
    const plain = TEXT[op]('u.created', value);
    return DAY_BOUNDS[op] ? { ...plain, sql: `likelihood(${plain.sql}, 0.001)` } : plain;
  },
};

/** The literal lets SQLite use the index of agency people. */
const kind: FieldRule = {
  folded: false,
  compare: (op, value) =>
    op === 'eq' && value === 'agency' ? fragment(`u.kind = 'agency'`) : TEXT[op]('u.kind', value),
};

/** A part of name or address, whatever the comparison; `ne`: no part. */
const search: FieldRule = {
  folded: true,
  compare(op, value) {
    if (op === 'ne') return negated(TEXT.co('u.search', value));
    return TEXT[op === 'pr' ? 'pr' : 'co']('u.search', value);
  },
};

const FIELDS: Readonly<Record<Exclude<UserField, 'active'>, FieldRule>> = {
  id: text('u.id'),
  scimId: text('u.scim_id'),
  userName: text('u.user_name', true),
  externalId,
  emails: anyOf('u.emails', true, byEmailValue),
  email: text('u.email', true),
  displayName: text('u.display_name', true),
  familyName: text('u.family_name', true),
  givenName: text('u.given_name', true),
  status: text('u.status'),
  kind,
  sources: anyOf('u.sources', false),
  created,
  lastModified,
  q: search,
};

/**
 * Translates a condition over the shadow of `users u` into SQL that selects exactly the people it describes.
 *
 * Client text is only ever bound. Negations are pushed down to the comparisons, so that an index can serve what stands above.
 */
export function conditionSql(condition: Condition, organization: Organization): Fragment {
  return compile(condition, organization, false);
}

function compile(condition: Condition, organization: Organization, negate: boolean): Fragment {
  if ('not' in condition) return compile(condition.not, organization, !negate);
  if ('and' in condition) return combine(condition.and, negate ? 'OR' : 'AND', organization, negate);
  if ('or' in condition) return combine(condition.or, negate ? 'AND' : 'OR', organization, negate);
  const leaf = compileLeaf(condition, organization);
  return negate ? negated(leaf) : leaf;
}

function combine(
  parts: readonly Condition[],
  word: 'AND' | 'OR',
  organization: Organization,
  negate: boolean,
): Fragment {
  return joined(
    parts.map((part) => compile(part, organization, negate)),
    word,
  );
}

function compileLeaf({ field, op, value }: Leaf, organization: Organization): Fragment {
  if (field === 'active') return compareActive(op, value);
  const rule = FIELDS[field];
  if (op === 'pr') return rule.compare('pr', '', organization);
  if (typeof value === 'string') return rule.compare(op, rule.folded ? fold(value) : value, organization);
  if (value === null && op === 'eq') return negated(rule.compare('pr', '', organization));
  if (value === null && op === 'ne') return rule.compare('pr', '', organization);
  return op === 'ne' ? TRUE : FALSE;
}

/** `active` is always present and has no order. */
function compareActive(op: Comparison, value: string | boolean | null): Fragment {
  if (op === 'pr') return TRUE;
  if (op !== 'eq' && op !== 'ne') return FALSE;
  if (typeof value !== 'boolean') return op === 'ne' ? TRUE : FALSE;
  // Literals, so that SQLite sees where the index of those who are not active serves.
  return fragment(`u.active = ${Number(op === 'eq' ? value : !value)}`);
}

import { type TagField, tagOf } from '../../core/tags.ts';
import type { Comparison, Condition, UserField } from '../../ports/condition.ts';
import { CHANGE_TIMES, type ChangeTime } from './change-times.ts';
import { compareField, compileTree, type FieldRule, TEXT, text } from './field-rules.ts';
import { both, FALSE, type Fragment, fragment, joined, negated, TRUE } from './fragments.ts';
import { dayOf } from './user-columns.ts';

type Leaf = Extract<Condition, { readonly field: UserField }>;

/** The number of the organization, as rows carry it. */
type Organization = number | null;

type Rule = FieldRule<Organization>;

/** A JSON list: holds when any value does, `ne` when none equals. */
function anyOf(column: string, folded: boolean, indexed?: Rule['compare']): Rule {
  const positive: Rule['compare'] = (op, value, organization) =>
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
const byEmailValue: Rule['compare'] = (op, value, organization) => {
  const address = both(TEXT[op]('u.email', value), someOf('u.emails', op, value));
  const { sql, values } = TEXT[op]('e.email', value);
  const others = `SELECT e.n FROM user_emails e WHERE e.organization = ? AND ${sql}`;
  return joined([address, fragment(`u.n IN (${others})`, organization, ...values)], 'OR');
};

/** The key table narrows, the column decides: a record of a connection that does not own the person does not count. */
const externalId: Rule = {
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
const ofChange = ({ day, exact: time }: ChangeTime): Rule => ({
  folded: false,
  compare(op, value) {
    const exact = TEXT[op](`(SELECT ${time} FROM documents d WHERE d.n = u.n)`, value);
    const bounds = DAY_BOUNDS[op];
    if (!bounds) return exact;
    const narrowed = fragment(`likelihood(${day} ${bounds.within} ?, 0.001)`, dayOf(value));
    if (bounds.beyond === null) return both(narrowed, exact);
    return both(narrowed, joined([fragment(`${day} ${bounds.beyond} ?`, dayOf(value)), exact], 'OR'));
  },
});
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
const kind: Rule = {
  folded: false,
  compare: (op, value) =>
    op === 'eq' && value === 'agency' ? fragment(`u.kind = 'agency'`) : TEXT[op]('u.kind', value),
};

/** A part of name or address, whatever the comparison; `ne`: no part. */
const search: Rule = {
  folded: true,
  compare(op, value) {
    if (op === 'ne') return negated(TEXT.co('u.search', value));
    return TEXT[op === 'pr' ? 'pr' : 'co']('u.search', value);
  },
};

/** The literal lets SQLite use the index of the few who may do more than others. */
const level: Rule = {
  folded: false,
  compare: (op, value) =>
    op === 'eq' && value !== 'limited'
      ? fragment(`(u.level <> 'limited' AND u.level = ?)`, value)
      : TEXT[op]('u.level', value),
};

/** Comparisons that tags do not know. */
const ORDERED: ReadonlySet<Comparison> = new Set(['gt', 'ge', 'lt', 'le']);

/** By index where a tag is known as a whole; else whoever has a tag of the field that satisfies the comparison. */
function tagged(field: TagField): Rule {
  const start = tagOf(field, '');
  const beyond = start.replace(/:$/, ';');
  // Of a text, substr gives no more than up to the first NUL.
  const value = `CAST(substr(CAST(j.value AS BLOB), ${start.length + 1}) AS TEXT)`;
  const some = (op: Comparison, wanted: string): Fragment => {
    const { sql, values } = TEXT[op](value, wanted);
    const ofField = `j.value >= '${start}' AND j.value < '${beyond}'`;
    return fragment(`EXISTS (SELECT 1 FROM json_each(u.tags) j WHERE ${ofField} AND ${sql})`, ...values);
  };
  const equal: Rule['compare'] = (_, wanted, organization) => {
    const tags = 'SELECT t.n FROM user_tags t WHERE t.organization = ? AND t.tag = ?';
    return fragment(`u.n IN (${tags})`, organization, tagOf(field, wanted));
  };
  return {
    folded: false,
    compare(op, wanted, organization) {
      if (ORDERED.has(op)) return FALSE;
      if (op === 'eq') return equal(op, wanted, organization);
      return op === 'ne' ? negated(some('eq', wanted)) : some(op, wanted);
    },
  };
}

const FIELDS: Readonly<Record<Exclude<UserField, 'active'>, Rule>> = {
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
  department: text('u.department', true),
  location: text('u.location', true),
  level,
  roles: tagged('roles'),
  jobs: tagged('jobs'),
  pools: tagged('pools'),
  agency: tagged('agency'),
  hostId: tagged('hostId'),
  employeeNumber: tagged('employeeNumber'),
  created,
  updated: ofChange(CHANGE_TIMES.updated),
  lastModified: ofChange(CHANGE_TIMES.lastModified),
  q: search,
};

/**
 * Translates a condition over the shadow of `users u` into SQL that selects exactly the people it describes.
 *
 * Client text is only ever bound. Negations are pushed down to the comparisons, so that an index can serve what stands above.
 */
export function conditionSql(condition: Condition, organization: Organization): Fragment {
  return compileTree<Leaf>(condition, ({ field, op, value }) =>
    field === 'active' ? compareActive(op, value) : compareField(FIELDS[field], op, value, organization),
  );
}

/** `active` is always present and has no order. */
function compareActive(op: Comparison, value: string | boolean | null): Fragment {
  if (op === 'pr') return TRUE;
  if (op !== 'eq' && op !== 'ne') return FALSE;
  if (typeof value !== 'boolean') return op === 'ne' ? TRUE : FALSE;
  // Literals, so that SQLite sees where the index of those who are not active serves.
  return fragment(`u.active = ${Number(op === 'eq' ? value : !value)}`);
}

import type { UserOrderField } from '../../ports/condition.ts';
import type { ScimQuery, UserOrder } from '../../ports/user-store.ts';
import { readKey } from '../page-keys.ts';
import { CHANGE_TIMES, type ChangeTime } from './change-times.ts';
import type { Database } from './database.ts';
import { type Fragment, fragment, LIMIT, TRUE } from './fragments.ts';
import type { Visible } from './scim-totals.ts';
import type { Row, Value } from './statements.ts';
import { dayOf, isRowNumber } from './user-columns.ts';

/** What an index keeps people in order by; the row's number decides among equals. */
interface OrderRule {
  /** An expression over `users u` and `documents d`. */
  readonly value: string;
  /** Who has no value; absent where everybody has one. */
  readonly missing?: string;
  /** The day of the value, where the index knows no more of it. */
  readonly day?: string;
}

const byDay = ({ day, exact }: ChangeTime): OrderRule => ({ value: exact, day });

const RULES: Readonly<Record<UserOrderField, OrderRule>> = {
  scimId: { value: 'u.scim_id' },
  userName: { value: 'u.user_name', missing: 'u.user_name IS NULL AND u.scope IS NOT NULL' },
  displayName: { value: 'u.display_name', missing: 'u.display_name IS NULL' },
  familyName: { value: 'u.family_name', missing: 'u.family_name IS NULL' },
  givenName: { value: 'u.given_name', missing: 'u.given_name IS NULL' },
  name: { value: 'u.name_key', missing: 'u.name_key IS NULL' },
  created: { value: 'u.created' },
  updated: byDay(CHANGE_TIMES.updated),
  lastModified: byDay(CHANGE_TIMES.lastModified),
};

/** People next to one another in an order: those with a value, or those without. */
interface Stretch {
  readonly from: string;
  readonly value: string;
  readonly where: string;
  readonly orderBy: readonly string[];
}

/** Those a connection sees, or, without scopes, everybody of the organization. */
export interface Seen extends Omit<Visible, 'scopes'> {
  readonly scopes: Visible['scopes'] | null;
  /** So few are visible that putting all of them in order costs less than passing over the others. */
  readonly few: boolean;
}

type ByField = Extract<UserOrder, { readonly field: UserOrderField }>;

export type ReadOrdered = (visible: Seen, order: ByField, from: ScimQuery['from'], limit: number) => readonly Row[];

/**
 * Reads pages along the index of a field: rows `n`, `value`, `document`. Who has no value stands in a stretch of their own, since
 * SQLite would put them first.
 */
export function createOrderedPages({ sql }: Database): ReadOrdered {
  function textOf(stretch: Stretch, { where: asked, few, scopes }: Seen, start: Fragment, desc: boolean) {
    const { from, value, where, orderBy } = stretch;
    const direction = desc ? ' DESC' : '';
    const by = (names: readonly string[]) => names.map((name) => name + direction).join(', ');
    const inner = `SELECT u.n AS n, ${value} AS value FROM ${tables(from, few)} WHERE u.organization = ?
      AND ${scopes ? `${scopeOf(few)} IN (?, ?)` : '1'}
      AND ${where} AND ${asked.sql} AND ${start.sql} ORDER BY ${by([...orderBy, 'u.n'])} ${LIMIT} OFFSET (? + 0)`;
    return `SELECT p.n, p.value, d.document FROM (${inner}) p
      CROSS JOIN documents d ON d.n = p.n ORDER BY ${by(value === 'NULL' ? ['p.n'] : ['p.value', 'p.n'])}`;
  }

  function read(stretch: Stretch, visible: Seen, start: Fragment, desc: boolean, ...page: readonly Value[]) {
    const { organization, scopes, where } = visible;
    const rows = sql(textOf(stretch, visible, start, desc));
    return rows.all(organization, ...(scopes ?? []), ...where.values, ...start.values, ...page);
  }

  function count({ from, where }: Stretch, { organization, scopes, where: asked }: Seen): number {
    const total = sql(`SELECT count(*) AS total FROM ${from} WHERE u.organization = ?
      AND ${scopes ? '+u.scope IN (?, ?)' : '1'} AND ${where} AND ${asked.sql}`);
    return Number(total.get(organization, ...(scopes ?? []), ...asked.values)?.total);
  }

  return (visible, { field, descending }, from, limit) => {
    const rule = RULES[field];
    const stretches = descending ? stretchesOf(rule).reverse() : stretchesOf(rule);
    const start = startOf(rule, descending, from, stretches);
    const rows: Row[] = [];
    let { offset } = start;
    let { after } = start;
    for (const stretch of stretches.slice(start.stretch)) {
      const found = read(stretch, visible, after, descending, limit - rows.length, offset);
      rows.push(...found);
      if (rows.length === limit || stretch === stretches.at(-1)) break;
      offset = found.length > 0 || offset === 0 ? 0 : Math.max(0, offset - count(stretch, visible));
      after = TRUE;
    }
    return rows;
  };
}

/** Either index would do; without a word SQLite takes the wrong one for a connection that sees few people, or all. */
const tables = (from: string, few: boolean): string =>
  few ? from.replace('users u', 'users u INDEXED BY users_scope') : from;
const scopeOf = (few: boolean): string => (few ? 'u.scope' : '+u.scope');

function stretchesOf({ value, missing, day }: OrderRule): Stretch[] {
  const from = day ? 'users u CROSS JOIN documents d ON d.n = u.n' : 'users u';
  const orderBy = day ? [day, value] : [value];
  const valued = { from, value, where: `${value} IS NOT NULL`, orderBy };
  return missing === undefined ? [valued] : [valued, { from, value: 'NULL', where: missing, orderBy: [] }];
}

function startOf(rule: OrderRule, descending: boolean, from: ScimQuery['from'], stretches: readonly Stretch[]) {
  if ('offset' in from) return { stretch: 0, after: TRUE, offset: from.offset };
  if (from.after === null) return { stretch: 0, after: TRUE, offset: 0 };
  const { value, place } = readKey(from.after, isRowNumber);
  const beyond = descending ? '<' : '>';
  const stretch = stretches.findIndex((one) => (one.value === 'NULL') === (value === null));
  if (value === null) return { stretch, after: fragment(`u.n ${beyond} ?`, place), offset: 0 };
  const after = fragment(`(${rule.value}, u.n) ${beyond} (?, ?)`, String(value), place);
  if (!rule.day) return { stretch, after, offset: 0 };
  const day = fragment(`${rule.day} ${beyond}= ?`, dayOf(String(value)));
  return {
    stretch,
    after: { sql: `${day.sql} AND ${after.sql}`, values: [...day.values, ...after.values] },
    offset: 0,
  };
}

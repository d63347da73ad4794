import { foreignCursor } from '../../core/errors.ts';
import { type TagField, tagOf } from '../../core/tags.ts';
import type { Condition, UserField } from '../../ports/condition.ts';
import type { StatusCounts, UserStore } from '../../ports/user-store.ts';
import { cursorOf, keyIn } from '../list-cursor.ts';
import { keyText } from '../page-keys.ts';
import { conditionSql } from './conditions.ts';
import { agencyCounter, type Counters, STATUSES, statusCounter } from './counters.ts';
import type { Database } from './database.ts';
import { type Fragment, LIMIT, TRUE } from './fragments.ts';
import type { Interning } from './interning.ts';
import { createOrderedPages } from './ordered-pages.ts';
import type { Row } from './statements.ts';
import { readUsers } from './user-document.ts';

type UserPages = Pick<UserStore, 'list' | 'count' | 'countByStatus'>;

type Order = NonNullable<Parameters<UserStore['list']>[4]>;

/**
 * Lists and totals, unless told otherwise in the order of creation, which is that of the row numbers. Without a condition, and by
 * status or kind alone, totals come from counters; pages always from an index.
 */
export function createUserPages(database: Database, names: Interning, counters: Counters): UserPages {
  const { sql } = database;
  const readOrdered = createOrderedPages(database);

  function whereOf(condition: Condition | null, organization: string): Fragment {
    return condition ? conditionSql(condition, names.find(organization)) : TRUE;
  }

  /** Along the tag that all of them have, if there is one: its rows stand in the order of creation. */
  function readList(organization: string, condition: Condition | null, after: number, limit: number): readonly Row[] {
    const leading = condition && leadingTag(condition);
    if (leading === null) {
      const where = whereOf(condition, organization);
      const page = sql(`SELECT u.n, d.document FROM users u CROSS JOIN documents d ON d.n = u.n
        WHERE u.organization = ? AND u.n > ? AND ${where.sql} ORDER BY u.n ${LIMIT}`);
      return page.all(names.find(organization), after, ...where.values, limit);
    }
    const where = whereOf(leading.rest, organization);
    const page = sql(`SELECT u.n, d.document FROM user_tags x CROSS JOIN users u ON u.n = x.n
      CROSS JOIN documents d ON d.n = x.n
      WHERE x.organization = ? AND x.tag = ? AND x.n > ? AND ${where.sql} ORDER BY x.n ${LIMIT}`);
    return page.all(names.find(organization), leading.tag, after, ...where.values, limit);
  }

  function readInOrder(
    organization: string,
    condition: Condition | null,
    order: Order,
    cursor: string | null,
    limit: number,
  ) {
    const whom = { organization: names.find(organization), scopes: null, few: false };
    const where = whereOf(condition, organization);
    const rows = readOrdered({ ...whom, where }, order, { after: keyIn(order, cursor) }, limit + 1);
    const last = rows[limit - 1];
    const isMore = rows.length > limit && last !== undefined;
    const value = (last?.value ?? null) as string | null;
    const next = isMore ? cursorOf(order, keyText(value, last.n as number)) : null;
    return { items: readUsers(rows.slice(0, limit)), next };
  }

  function countEach(organization: string, condition: Condition | null): StatusCounts {
    const where = whereOf(condition, organization);
    const each = sql(`SELECT u.status, count(*) AS total FROM users u WHERE u.organization = ? AND ${where.sql}
      GROUP BY u.status`);
    const rows = each.all(names.find(organization), ...where.values);
    return byStatus((status) => Number(rows.find((row) => row.status === status)?.total ?? 0));
  }

  return {
    async list(organization, condition, cursor, limit, order) {
      if (order) return readInOrder(organization, condition, order, cursor, limit);
      const rows = readList(organization, condition, rowNumber(cursor), limit + 1);
      const shown = rows.slice(0, limit);
      return { items: readUsers(shown), next: rows.length > limit ? String(shown.at(-1)?.n) : null };
    },
    async count(organization, condition) {
      const statuses = pureStatuses(condition);
      if (statuses) return counters.sum(names.find(organization), statuses.map(statusCounter));
      const where = whereOf(condition, organization);
      const total = sql(`SELECT count(*) AS total FROM users u WHERE u.organization = ? AND ${where.sql}`);
      return Number(total.get(names.find(organization), ...where.values)?.total);
    },
    async countByStatus(organization, condition) {
      const kind = pureKind(condition);
      if (condition !== null && kind === null) return countEach(organization, condition);
      const of = (name: string) => counters.sum(names.find(organization), [name]);
      if (kind === 'agency') return byStatus((status) => of(agencyCounter(status)));
      const others = (status: string) => (kind === null ? 0 : of(agencyCounter(status)));
      return byStatus((status) => of(statusCounter(status)) - others(status));
    },
  };
}

function byStatus(count: (status: string) => number): StatusCounts {
  return Object.fromEntries(STATUSES.map((status) => [status, count(status)])) as unknown as StatusCounts;
}

/** The statuses whose counters make up the answer; null when the condition says more than a status. */
function pureStatuses(condition: Condition | null): readonly string[] | null {
  if (condition === null) return STATUSES;
  const status = onlyValue(condition, 'status');
  return status === null ? null : [status];
}

function pureKind(condition: Condition | null): 'employee' | 'agency' | null {
  const kind = condition && onlyValue(condition, 'kind');
  return kind === 'employee' || kind === 'agency' ? kind : null;
}

/** The text a field must equal, when the condition says that and nothing else. */
function onlyValue(condition: Condition, field: UserField): string | null {
  if (!('field' in condition) || condition.field !== field || condition.op !== 'eq') return null;
  return typeof condition.value === 'string' ? condition.value : null;
}

const TAG_FIELDS: ReadonlySet<UserField> = new Set<TagField>(['hostId', 'agency', 'jobs', 'roles', 'pools']);

/** A tag that everybody has whom the condition selects, and what it says beside; null when it does not say one. */
function leadingTag(condition: Condition): { readonly tag: string; readonly rest: Condition | null } | null {
  if ('and' in condition) {
    const at = condition.and.findIndex((part) => tagIn(part) !== null);
    const tag = tagIn(condition.and[at]);
    return tag === null ? null : { tag, rest: { and: condition.and.filter((_, index) => index !== at) } };
  }
  const tag = tagIn(condition);
  return tag === null ? null : { tag, rest: null };
}

function tagIn(condition: Condition | undefined): string | null {
  if (!condition || !('field' in condition) || condition.op !== 'eq' || !TAG_FIELDS.has(condition.field)) return null;
  return typeof condition.value === 'string' ? tagOf(condition.field as TagField, condition.value) : null;
}

/** A cursor is the number of the row last shown. */
function rowNumber(cursor: string | null): number {
  if (cursor === null) return 0;
  if (!/^\d{1,15}$/.test(cursor)) throw foreignCursor();
  return Number(cursor);
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import type { User } from '../../core/user.ts';
import type { Condition, UserField } from '../../ports/condition.ts';
import type { ScimQuery, UserStore } from '../../ports/user-store.ts';
import { conditionSql } from './conditions.ts';
import { type Counters, scopeCounter, statusCounter } from './counters.ts';
import type { Database } from './database.ts';
import { both, type Fragment, fragment, LIMIT, TRUE } from './fragments.ts';
import type { Interning } from './interning.ts';
import type { Row } from './statements.ts';
import { UNOWNED } from './user-columns.ts';
import { readUsers } from './user-document.ts';

type UserPages = Pick<UserStore, 'list' | 'count' | 'listForScim'>;

const STATUSES = ['unprovisioned', 'active', 'deactivated', 'terminated'] as const;
/** People looked at between two turns of the event loop while a filter decides row by row. */
const BATCH = 200;

/**
 * Lists and totals, in the order of creation, which is that of the row numbers. Without a condition, and by status alone, totals
 * come from counters; pages always from an index.
 */
export function createUserPages({ sql }: Database, names: Interning, counters: Counters): UserPages {
  function whereOf(condition: Condition | null | undefined, organization: string): Fragment {
    return condition ? conditionSql(condition, names.find(organization)) : TRUE;
  }

  function readList(organization: string, where: Fragment, after: number, limit: number): readonly Row[] {
    const page = sql(`SELECT u.n, d.document FROM users u CROSS JOIN documents d ON d.n = u.n
      WHERE u.organization = ? AND u.n > ? AND ${where.sql} ORDER BY u.n ${LIMIT}`);
    return page.all(names.find(organization), after, ...where.values, limit);
  }

  /** Visible people of both scopes, merged; each half walks its own index. */
  function readVisible(query: ScimQuery, where: Fragment, limit: number, offset: number): readonly Row[] {
    if (query.condition && selectsFew(query.condition)) return readFew(query, where, limit, offset);
    const organization = names.find(query.organizationId);
    const half = `SELECT u.n FROM users u WHERE u.organization = ? AND u.scope = ? AND ${where.sql}`;
    const page = sql(`SELECT p.n, d.document FROM (${half} UNION ALL ${half} ORDER BY 1 ${LIMIT} OFFSET (? + 0)) p
      CROSS JOIN documents d ON d.n = p.n ORDER BY p.n`);
    const owned = names.find(query.connectionId);
    return page.all(organization, UNOWNED, ...where.values, organization, owned, ...where.values, limit, offset);
  }

  /** The condition's own index leads to so few that putting them in order costs nothing. */
  function readFew(query: ScimQuery, where: Fragment, limit: number, offset: number): readonly Row[] {
    const page = sql(`SELECT u.n, d.document FROM users u CROSS JOIN documents d ON d.n = u.n
      WHERE u.organization = ? AND u.scope IN (?, ?) AND ${where.sql} ORDER BY u.n ${LIMIT} OFFSET (? + 0)`);
    const owned = names.find(query.connectionId);
    return page.all(names.find(query.organizationId), UNOWNED, owned, ...where.values, limit, offset);
  }

  function countVisible({ organizationId, connectionId, condition }: ScimQuery, where: Fragment): number {
    const organization = names.find(organizationId);
    const owned = names.find(connectionId);
    if (!condition) return counters.sum(organization, [scopeCounter(UNOWNED), scopeCounter(owned)]);
    const total = sql(`SELECT count(*) AS total FROM users u
      WHERE u.organization = ? AND u.scope IN (?, ?) AND ${where.sql}`);
    return Number(total.get(organization, UNOWNED, owned, ...where.values)?.total);
  }

  async function filterVisible(query: ScimQuery, where: Fragment, accepts: (user: User) => boolean) {
    const users: User[] = [];
    let total = 0;
    for (let after: number | null = 0; after !== null; ) {
      const batch = readVisible(query, both(fragment('u.n > ?', after), where), BATCH, 0);
      for (const user of readUsers(batch).filter(accepts)) {
        if (total >= query.offset && users.length < query.limit) users.push(user);
        total++;
      }
      after = batch.length < BATCH ? null : Number(batch.at(-1)?.n);
      if (after !== null) await nextTurn();
    }
    return { users, total };
  }

  return {
    async list(organization, condition, cursor, limit) {
      const rows = readList(organization, whereOf(condition, organization), rowNumber(cursor), limit + 1);
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
    async listForScim(query) {
      const where = whereOf(query.condition, query.organizationId);
      if (query.accepts) return filterVisible(query, where, query.accepts);
      const { limit, offset } = query;
      const rows = limit > 0 ? readVisible(query, where, limit, offset) : [];
      const isLast = rows.length < limit && (rows.length > 0 || offset === 0);
      return { users: readUsers(rows), total: isLast ? offset + rows.length : countVisible(query, where) };
    },
  };
}

/** The statuses whose counters make up the answer; null when the condition says more than a status. */
function pureStatuses(condition: Condition | null): readonly string[] | null {
  if (condition === null) return STATUSES;
  if (!('field' in condition) || condition.field !== 'status' || condition.op !== 'eq') return null;
  return typeof condition.value === 'string' ? [condition.value] : null;
}

/** Fields whose index leads to one person, or to hardly more. */
const KEYS: ReadonlySet<UserField> = new Set(['id', 'scimId', 'userName', 'externalId', 'emails', 'email']);

function selectsFew(condition: Condition): boolean {
  if ('or' in condition) return condition.or.every(selectsFew);
  if ('and' in condition) return condition.and.some(selectsFew);
  return 'field' in condition && condition.op === 'eq' && condition.value !== null && KEYS.has(condition.field);
}

/** A cursor is the number of the row last shown. */
function rowNumber(cursor: string | null): number {
  if (cursor === null) return 0;
  if (!/^\d{1,15}$/.test(cursor)) throw new AppError('invalid', 'this cursor was not given out by this list');
  return Number(cursor);
}

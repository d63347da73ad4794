import { AppError } from '../../core/errors.ts';
import type { Condition } from '../../ports/condition.ts';
import type { UserStore } from '../../ports/user-store.ts';
import { conditionSql } from './conditions.ts';
import { type Counters, STATUSES, statusCounter } from './counters.ts';
import type { Database } from './database.ts';
import { type Fragment, LIMIT, TRUE } from './fragments.ts';
import type { Interning } from './interning.ts';
import type { Row } from './statements.ts';
import { readUsers } from './user-document.ts';

type UserPages = Pick<UserStore, 'list' | 'count'>;

/**
 * Lists and totals, in the order of creation, which is that of the row numbers. Without a condition, and by status alone, totals
 * come from counters; pages always from an index.
 */
export function createUserPages({ sql }: Database, names: Interning, counters: Counters): UserPages {
  function whereOf(condition: Condition | null, organization: string): Fragment {
    return condition ? conditionSql(condition, names.find(organization)) : TRUE;
  }

  function readList(organization: string, where: Fragment, after: number, limit: number): readonly Row[] {
    const page = sql(`SELECT u.n, d.document FROM users u CROSS JOIN documents d ON d.n = u.n
      WHERE u.organization = ? AND u.n > ? AND ${where.sql} ORDER BY u.n ${LIMIT}`);
    return page.all(names.find(organization), after, ...where.values, limit);
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
  };
}

/** The statuses whose counters make up the answer; null when the condition says more than a status. */
function pureStatuses(condition: Condition | null): readonly string[] | null {
  if (condition === null) return STATUSES;
  if (!('field' in condition) || condition.field !== 'status' || condition.op !== 'eq') return null;
  return typeof condition.value === 'string' ? [condition.value] : null;
}

/** A cursor is the number of the row last shown. */
function rowNumber(cursor: string | null): number {
  if (cursor === null) return 0;
  if (!/^\d{1,15}$/.test(cursor)) throw new AppError('invalid', 'this cursor was not given out by this list');
  return Number(cursor);
}

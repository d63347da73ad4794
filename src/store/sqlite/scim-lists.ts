import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Condition, UserField } from '../../ports/condition.ts';
import type { ScimPage, ScimQuery, UserStore } from '../../ports/user-store.ts';
import { keyText, readKey } from '../page-keys.ts';
import { type Candidates, checkScan, scanUsers } from '../scan-users.ts';
import type { Counters } from './counters.ts';
import type { Database } from './database.ts';
import { both, type Fragment, fragment, LIMIT } from './fragments.ts';
import type { Interning } from './interning.ts';
import { createOrderedPages } from './ordered-pages.ts';
import { createScimTotals } from './scim-totals.ts';
import type { Row } from './statements.ts';
import { isRowNumber } from './user-columns.ts';
import { readUsers } from './user-document.ts';

/** People looked at between two turns of the event loop while a filter decides row by row. */
const BATCH = 200;

/** Lists for SCIM: by default in the order of creation, which is that of the row numbers. Pages always come from an index. */
export function createScimLists(
  database: Database,
  names: Interning,
  counters: Counters,
): Pick<UserStore, 'listForScim'> {
  const { sql } = database;
  const readOrdered = createOrderedPages(database);
  const totals = createScimTotals(database, names, counters);

  /** Visible people of both scopes, merged; each half walks its own index. */
  function readCreated(query: ScimQuery, start: Fragment | null, limit: number, offset: number): readonly Row[] {
    const { organization, scopes, where } = totals.visible(query);
    const { sql: text, values } = start ? both(start, where) : where;
    if (query.condition && selectsFew(query.condition)) {
      // The condition's own index leads to so few that putting them in order costs nothing.
      const few = sql(`SELECT u.n, d.document FROM users u CROSS JOIN documents d ON d.n = u.n
        WHERE u.organization = ? AND u.scope IN (?, ?) AND ${text} ORDER BY u.n ${LIMIT} OFFSET (? + 0)`);
      return few.all(organization, ...scopes, ...values, limit, offset);
    }
    const half = `SELECT u.n FROM users u WHERE u.organization = ? AND u.scope = ? AND ${text}`;
    const page = sql(`SELECT p.n, d.document FROM (${half} UNION ALL ${half} ORDER BY 1 ${LIMIT} OFFSET (? + 0)) p
      CROSS JOIN documents d ON d.n = p.n ORDER BY p.n`);
    const halves = scopes.flatMap((scope) => [organization, scope, ...values]);
    return page.all(...halves, limit, offset);
  }

  function readRows(query: ScimQuery, limit: number): readonly Row[] {
    const { order, from } = query;
    if (order && 'field' in order) {
      return readOrdered({ ...totals.visible(query), few: totals.seesFew(query) }, order, from, limit);
    }
    if ('offset' in from) return readCreated(query, null, limit, from.offset);
    return readCreated(query, from.after === null ? null : afterRow(placeIn(from.after)), limit, 0);
  }

  function readPage(query: ScimQuery): ScimPage {
    const { limit, from } = query;
    if (limit === 0) return { users: [], total: totals.count(query), next: null };
    const rows = readRows(query, limit + 1);
    const shown = rows.slice(0, limit);
    const before = 'offset' in from ? from.offset : from.after === null ? 0 : null;
    const isWhole = before !== null && rows.length <= limit && (rows.length > 0 || before === 0);
    return {
      users: readUsers(shown),
      total: isWhole ? before + rows.length : totals.count(query),
      next: rows.length > limit ? keyAfter(shown.at(-1)) : null,
    };
  }

  function candidatesOf(query: ScimQuery): Candidates<number> {
    return {
      batch: BATCH,
      isPlace: isRowNumber,
      async read(after) {
        if (after !== null) await nextTurn();
        const rows = readCreated(query, after === null ? null : afterRow(after), BATCH, 0);
        return readUsers(rows).map((user, index) => ({ user, place: Number(rows[index]?.n) }));
      },
      async load(places) {
        const { organization, scopes } = totals.visible(query);
        const rows = sql(`SELECT u.n, d.document FROM json_each(?) j CROSS JOIN users u ON u.n = j.value
          CROSS JOIN documents d ON d.n = u.n WHERE u.organization = ? AND +u.scope IN (?, ?)`);
        const found = rows.all(JSON.stringify(places), organization, ...scopes);
        return new Map(readUsers(found).map((user, index) => [Number(found[index]?.n), user]));
      },
    };
  }

  return {
    async listForScim(query) {
      await checkScan(query, (condition, most) => totals.countUpTo(query, condition, most));
      const looks = query.accepts !== undefined || (query.order !== undefined && 'keyOf' in query.order);
      return looks ? scanUsers(query, candidatesOf(query)) : readPage(query);
    },
  };
}

const afterRow = (n: number): Fragment => fragment('u.n > ?', n);

const placeIn = (key: string): number => readKey(key, isRowNumber).place;

function keyAfter(row: Row | undefined): string | null {
  return row ? keyText((row.value as string | null | undefined) ?? null, row.n as number) : null;
}

/** Fields whose index leads to one person, or to hardly more. */
const KEYS: ReadonlySet<UserField> = new Set(['id', 'scimId', 'userName', 'externalId', 'emails', 'email']);

function selectsFew(condition: Condition): boolean {
  if ('or' in condition) return condition.or.every(selectsFew);
  if ('and' in condition) return condition.and.some(selectsFew);
  return 'field' in condition && condition.op === 'eq' && condition.value !== null && KEYS.has(condition.field);
}

import { AppError } from '../../core/errors.ts';
import type { Shelf } from '../../ports/archive.ts';
import type { Database } from './database.ts';
import { LIMIT } from './fragments.ts';
import { isUniqueViolation } from './sqlite-errors.ts';
import type { Row, Value } from './statements.ts';

/** How the entries of one kind lie in tables. */
export interface ShelfRule<Entry> {
  readonly columns: string;
  /** One table, or several joined. */
  readonly from: string;
  readonly where?: string;
  /** Columns the rows are read in the order of, by keyset, and values smaller than all of theirs. */
  readonly order: readonly string[];
  readonly start: readonly Value[];
  toEntry(row: Row): Entry;
  /** Inside a transaction; passes over entries that are there. */
  insert(entries: readonly Entry[]): void;
}

const TWO_HOLDERS =
  'an entry claims what another one holds: was the source used since the move began? Empty the target and start again';

/** What most tables are read in the order of: rows as they were written. */
export const AS_WRITTEN = { order: ['rowid'], start: [0] } as const;

/** A kind of entries in SQLite. A cursor is the JSON of the last row's place in the order. */
export function createShelf<Entry>(database: Database, rule: ShelfRule<Entry>): Shelf<Entry> {
  const { columns, from, where = '1', order, start, toEntry, insert } = rule;
  const { sql } = database;
  const places = order.map((_, index) => `at_${index}`);
  const select = order.map((column, index) => `${column} AS ${places[index]}`).join(', ');
  const page = `SELECT ${select}, ${columns} FROM ${from} WHERE ${where} AND (${order}) > (${order.map(() => '?')})
    ORDER BY ${order} ${LIMIT}`;
  return {
    count: async () => Number(sql(`SELECT count(*) AS total FROM ${from} WHERE ${where}`).get()?.total),
    async read(cursor, limit) {
      const after = cursor === null ? start : (JSON.parse(cursor) as readonly Value[]);
      const rows = sql(page).all(...after, limit + 1);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const next = rows.length > limit && last ? JSON.stringify(places.map((place) => last[place])) : null;
      return { items: shown.map(toEntry), next };
    },
    async write(entries) {
      try {
        database.transaction(() => insert(entries));
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new AppError('stale', TWO_HOLDERS, {}, error);
      }
    },
  };
}

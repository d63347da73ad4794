import type { HistoryEntry } from '../../core/history.ts';
import type { Shelf } from '../../ports/archive.ts';
import type { HistoryStore } from '../../ports/history-store.ts';
import { entryOf, entryText } from '../history-entries.ts';
import type { Database } from './database.ts';
import { LIMIT } from './fragments.ts';
import type { Interning } from './interning.ts';
import { createShelf } from './shelf.ts';

/** A row for each save that changed something, by the number of the person's row and the version. */
export const HISTORY = `
  CREATE TABLE user_history (
    n INTEGER NOT NULL,
    version INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (n, version)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('user_history', 'user_history', '500000 10 1');
  ANALYZE sqlite_schema;
`;

const INSERT = 'INSERT INTO user_history (n, version, entry) VALUES (?, ?, ?)';

/** Writes an entry of the person of a row; belongs inside the transaction of the save. */
export function createInsertHistory({ sql }: Database): (n: number, entry: HistoryEntry) => void {
  const insert = sql(INSERT);
  return (n, entry) => void insert.run(n, entry.version, entryText(entry));
}

/** History in SQLite. */
export function createHistoryStore({ sql }: Database, names: Interning): HistoryStore {
  const below = sql(`SELECT h.version, h.entry FROM users u CROSS JOIN user_history h ON h.n = u.n
    WHERE u.organization = ? AND u.id = ? AND h.version < ? ORDER BY h.version DESC ${LIMIT}`);
  return {
    async list(organizationId, userId, belowVersion, limit) {
      const rows = below.all(names.find(organizationId), userId, belowVersion ?? Number.MAX_SAFE_INTEGER, limit);
      return rows.map(({ version, entry }) =>
        entryOf({ organizationId, userId, version: version as number }, entry as string),
      );
    },
  };
}

export function createHistoryShelf(database: Database, names: Interning): Shelf<HistoryEntry> {
  return createShelf(database, {
    order: ['h.n', 'h.version'],
    start: [0, 0],
    columns: 'i.text AS organization, u.id AS user, h.version, h.entry',
    from: `user_history h CROSS JOIN users u ON u.n = h.n CROSS JOIN interned i ON i.n = u.organization`,
    toEntry: ({ organization, user, version, entry }) =>
      entryOf(
        { organizationId: organization as string, userId: user as string, version: version as number },
        entry as string,
      ),
    insert(entries) {
      const person = database.sql('SELECT n FROM users WHERE organization = ? AND id = ?');
      const insert = database.sql(`${INSERT} ON CONFLICT DO NOTHING`);
      for (const entry of entries) {
        const row = person.get(names.find(entry.organizationId), entry.userId);
        if (row) insert.run(row.n as number, entry.version, entryText(entry));
      }
    },
  });
}

import type { UserChange } from '../../ports/user-store.ts';
import { type Tally, tallyMove } from './counters.ts';
import type { Database } from './database.ts';
import { createInsertHistory } from './history.ts';
import type { Interning } from './interning.ts';
import type { Row, Value } from './statements.ts';
import { columnsOf, USER_COLUMNS, type UserColumns } from './user-columns.ts';
import { userText } from './user-document.ts';
import { createUserLists } from './user-lists.ts';

/** A person's row as it stands. */
export interface StoredUser {
  readonly n: number;
  readonly version: number;
  readonly columns: UserColumns;
}

/** A change made ready to be written: `stored` is null for somebody new. */
export interface PreparedChange extends UserChange {
  /** The organization's number. */
  readonly organization: number;
  readonly stored: StoredUser | null;
  readonly columns: UserColumns;
}

/** Reads and writes the rows a person consists of. Writes belong inside a transaction. */
export interface UserRows {
  find(organization: string, id: string): StoredUser | null;
  findMany(organization: string, ids: readonly string[]): ReadonlyMap<string, StoredUser>;
  prepare(change: UserChange, stored: StoredUser | null): PreparedChange;
  /** Gives up what is unique about a stored person and not in the change, so that others may claim it. */
  release(change: PreparedChange): void;
  /** Writes person, shadow and events, and notes in the tally what counters must follow. Throws the driver's unique violation. */
  write(change: PreparedChange, tally: Tally): void;
}

const SELECT = `SELECT u.id, u.n, d.version, ${USER_COLUMNS.map((name) => `u.${name}`).join(', ')}
  FROM users u JOIN documents d ON d.n = u.n WHERE u.organization = ?`;
const INSERT = `INSERT INTO users (organization, id, ${USER_COLUMNS.join(', ')})
  VALUES (?, ?, ${USER_COLUMNS.map(() => '?').join(', ')})`;

const UNIQUE_COLUMNS: ReadonlySet<string> = new Set(['scim_id', 'user_name', 'email']);

export function createUserRows(database: Database, names: Interning): UserRows {
  const { sql } = database;
  const one = sql(`${SELECT} AND u.id = ?`);
  const many = sql(`${SELECT} AND u.id IN (SELECT value FROM json_each(?))`);
  const insertUser = sql(INSERT);
  const insertDocument = sql('INSERT INTO documents (version, updated, seen, document, n) VALUES (?, ?, ?, ?, ?)');
  const updateDocument = sql('UPDATE documents SET version = ?, updated = ?, seen = ?, document = ? WHERE n = ?');
  const insertEvent = sql('INSERT INTO outbox (organization, id, event) VALUES (?, ?, ?)');
  const lists = createUserLists(database);
  const insertHistory = createInsertHistory(database);

  function update(names: readonly string[], values: readonly Value[], n: number): void {
    if (names.length === 0) return;
    sql(`UPDATE users SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE n = ?`).run(...values, n);
  }

  function writeUser({ user, organization, stored, columns }: PreparedChange): number {
    if (!stored) return insertUser.run(organization, user.id, ...columns).lastInsertRowid;
    const changed = changedColumns(stored.columns, columns);
    update(
      changed.map((index) => USER_COLUMNS[index] ?? ''),
      changed.map((index) => columns[index] ?? null),
      stored.n,
    );
    return stored.n;
  }

  return {
    find(organization, id) {
      const row = one.get(names.find(organization), id);
      return row ? toStored(row) : null;
    },
    findMany(organization, ids) {
      const rows = many.all(names.find(organization), JSON.stringify(ids));
      return new Map(rows.map((row) => [row.id as string, toStored(row)]));
    },
    prepare: (change, stored) => ({
      ...change,
      stored,
      organization: names.give(change.user.organizationId),
      columns: columnsOf(change.user, names.give),
    }),
    release({ organization, stored, columns }) {
      if (!stored) return;
      const changed = changedColumns(stored.columns, columns).map((index) => USER_COLUMNS[index] ?? '');
      const unique = changed.filter((name) => UNIQUE_COLUMNS.has(name));
      update(
        unique,
        unique.map(() => null),
        stored.n,
      );
      lists.removeKeys(organization, stored.columns, columns);
    },
    write(change, tally) {
      const { user, organization, stored, columns, events, history } = change;
      const n = writeUser(change);
      const document = stored ? updateDocument : insertDocument;
      document.run(user.version, user.updatedAt, user.seenByScim?.at ?? null, userText(user), n);
      lists.replace(organization, n, stored?.columns ?? null, columns);
      tallyMove(tally, organization, stored?.columns ?? null, columns);
      if (history) insertHistory(n, history);
      for (const event of events) insertEvent.run(organization, event.id, JSON.stringify(event));
    },
  };
}

function toStored(row: Row): StoredUser {
  return {
    n: row.n as number,
    version: row.version as number,
    columns: USER_COLUMNS.map((name) => row[name] as Value),
  };
}

/** Only what changed is written: an index whose columns stay is not touched then. */
function changedColumns(before: UserColumns, after: UserColumns): readonly number[] {
  const changed: number[] = [];
  for (let index = 0; index < after.length; index++) if (before[index] !== after[index]) changed.push(index);
  return changed;
}

import type { Conflict } from '../../core/conflict.ts';
import { fold } from '../../core/fold.ts';
import type { ConflictStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { pageOf } from './documents.ts';
import { LIMIT } from './fragments.ts';
import { isUniqueViolation } from './sqlite-errors.ts';
import type { Row } from './statements.ts';

const WAITING = `state = 'open' AND kind = 'email_taken'`;

/** Conflicts in SQLite. State and time of change are columns of their own. */
export function createConflictStore(database: Database): ConflictStore {
  const { sql } = database;
  const select = 'SELECT state, updated, document FROM conflicts WHERE organization = ?';
  const byId = sql(`${select} AND id = ?`);
  const byKey = sql(`${select} AND key = ? ORDER BY state IN ('open', 'accepted') DESC, rowid DESC`);
  const newest = sql(`${select} AND id < ? ORDER BY id DESC ${LIMIT}`);
  const newestIn = sql(`${select} AND state = ? AND id < ? ORDER BY id DESC ${LIMIT}`);
  const insert = sql(`INSERT INTO conflicts (organization, id, key, kind, user, email, state, updated, document)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const total = sql('SELECT count(*) AS total FROM conflicts WHERE organization = ?');
  const totalIn = sql('SELECT count(*) AS total FROM conflicts WHERE organization = ? AND state = ?');
  const move = sql('UPDATE conflicts SET state = ?, updated = ? WHERE organization = ? AND id = ? AND state = ?');
  const waiting = sql(`${select} AND ${WAITING} AND email IN (SELECT value FROM json_each(?)) ORDER BY id`);
  const waitingAnywhere = sql(`SELECT state, updated, document FROM conflicts
    WHERE state = 'open' AND kind = 'email_taken' AND email IS NOT NULL AND user IS NOT NULL AND id > ? ORDER BY id ${LIMIT}`);
  const ofPerson = sql(`${select} AND user = ? AND state = 'open' AND kind = ? ORDER BY id`);
  const resolve = sql(`UPDATE conflicts SET state = 'resolved', updated = ?
    WHERE organization = ? AND user = ? AND state = 'open' AND kind IN (SELECT value FROM json_each(?))`);

  function open(conflict: Conflict): Conflict {
    const known = byKey.all(conflict.organizationId, conflict.key).map(toConflict);
    const standing = known.find(
      ({ state, message }) =>
        state === 'open' || state === 'accepted' || (state === 'dismissed' && message === conflict.message),
    );
    if (standing) return standing;
    const { organizationId, id, key, kind, userId, email, state, updatedAt } = conflict;
    const emailKey = email === null ? null : fold(email);
    insert.run(organizationId, id, key, kind, userId, emailKey, state, updatedAt, JSON.stringify(conflict));
    return conflict;
  }

  return {
    open: async (conflict) => database.transaction(() => open(conflict)),
    get: async (organization, id) => conflictOf(byId.get(organization, id)),
    findByKey: async (organization, key) => conflictOf(byKey.get(organization, key)),
    async list(organization, state, cursor, limit) {
      const before = cursor ?? LAST;
      const rows =
        state === null
          ? newest.all(organization, before, limit + 1)
          : newestIn.all(organization, state, before, limit + 1);
      return pageOf(rows, limit, toConflict);
    },
    count: async (organization, state) =>
      Number((state === null ? total.get(organization) : totalIn.get(organization, state))?.total),
    async move(organization, id, from, to, at) {
      try {
        return move.run(to, at, organization, id, from).changes === 1;
      } catch (error) {
        // Another conflict with its key was opened meanwhile: this one cannot come back to life.
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },
    waitingFor: async (organization, emails) =>
      waiting.all(organization, JSON.stringify(emails.map(fold))).map(toConflict),
    waiting: async (afterId, limit) => waitingAnywhere.all(afterId ?? '', limit).map(toConflict),
    openOf: async (organization, userId, kind) => ofPerson.all(organization, userId, kind).map(toConflict),
    async resolveOf(organization, userId, kinds, at) {
      resolve.run(at, organization, userId, JSON.stringify(kinds));
    },
  };
}

/** Greater than every id. */
const LAST = '\u{10FFFF}';

const conflictOf = (row: Row | undefined): Conflict | null => (row ? toConflict(row) : null);

export function toConflict(row: Row): Conflict {
  return {
    ...(JSON.parse(row.document as string) as Conflict),
    state: row.state as Conflict['state'],
    updatedAt: row.updated as string,
  };
}

import type { PendingRemoval } from '../../core/sync-state.ts';
import type { RemovalStore } from '../../ports/sync-stores.ts';
import type { Database } from './database.ts';
import { documentsOf } from './documents.ts';
import { LIMIT } from './fragments.ts';

export const INSERT_REMOVAL = `INSERT INTO pending_removals (organization, source, external_id, due, document)
  VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;

/** Absences that wait for their time, in SQLite. */
export function createRemovalStore(database: Database): RemovalStore {
  const { sql } = database;
  const ofIntegration = 'FROM pending_removals WHERE organization = ? AND source = ?';
  const insert = sql(INSERT_REMOVAL);
  const among = sql(`SELECT document ${ofIntegration} AND external_id IN (SELECT value FROM json_each(?))`);
  const list = sql(`SELECT document ${ofIntegration} AND due <= ? AND external_id > ? ORDER BY external_id ${LIMIT}`);
  const remove = sql(`DELETE ${ofIntegration} AND external_id IN (SELECT value FROM json_each(?))`);
  const count = sql(`SELECT count(*) AS total ${ofIntegration}`);
  return {
    async add(removals) {
      database.transaction(() => {
        for (const removal of removals) insert.run(...removalRow(removal));
      });
    },
    among: async (organization, source, externalIds) =>
      documentsOf<PendingRemoval>(among.all(organization, source, JSON.stringify(externalIds))),
    list: async (organization, source, { dueBy = LAST }, afterKey, limit) =>
      documentsOf<PendingRemoval>(list.all(organization, source, dueBy, afterKey ?? '', limit)),
    count: async (organization, source) => Number(count.get(organization, source)?.total),
    async remove(organization, source, externalIds) {
      remove.run(organization, source, JSON.stringify(externalIds));
    },
  };
}

/** Later than every time. */
const LAST = '\u{10FFFF}';

export function removalRow(removal: PendingRemoval) {
  const { organizationId, source, externalId, dueAt } = removal;
  return [organizationId, source, externalId, dueAt, JSON.stringify(removal)] as const;
}

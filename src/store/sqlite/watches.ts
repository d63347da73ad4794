import type { DeactivationWatch } from '../../core/deactivation-watch.ts';
import { stale } from '../../core/errors.ts';
import type { WatchStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { documentOf } from './documents.ts';

export const INSERT_WATCH = `INSERT INTO scim_watches (organization, connection, version, document)
  VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`;

/** Deactivations by SCIM connections in SQLite. */
export function createWatchStore({ sql }: Database): WatchStore {
  const one = sql('SELECT document FROM scim_watches WHERE organization = ? AND connection = ?');
  const insert = sql(INSERT_WATCH);
  const update = sql(`UPDATE scim_watches SET version = ?3, document = ?4
    WHERE organization = ?1 AND connection = ?2 AND version = ?3 - 1`);
  return {
    get: async (organization, connection) => documentOf<DeactivationWatch>(one.get(organization, connection)),
    async save(watch) {
      const statement = watch.version === 1 ? insert : update;
      if (statement.run(...watchRow(watch)).changes === 0) throw stale('this watch');
    },
  };
}

export function watchRow(watch: DeactivationWatch) {
  const { organizationId, connectionId, version } = watch;
  return [organizationId, connectionId, version, JSON.stringify(watch)] as const;
}

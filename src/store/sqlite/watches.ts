import type { DeactivationWatch } from '../../core/deactivation-watch.ts';
import type { WatchStore } from '../../ports/connection-stores.ts';
import type { Database } from './database.ts';
import { type VersionedDocuments, versionedDocuments } from './versioned-documents.ts';

export function watchDocuments(database: Database): VersionedDocuments<DeactivationWatch> {
  return versionedDocuments(database, {
    table: 'scim_watches',
    column: 'connection',
    key: 'connectionId',
    what: 'watch',
  });
}

/** Deactivations by SCIM connections in SQLite. */
export function createWatchStore(database: Database): WatchStore {
  const documents = watchDocuments(database);
  return {
    get: async (organization, connection) => documents.get(organization, connection),
    save: async (watch) => documents.save(watch),
  };
}

import { newSyncState, type SyncState } from '../../core/sync-state.ts';
import type { SyncStateStore } from '../../ports/sync-stores.ts';
import type { Database } from './database.ts';
import { type VersionedDocuments, versionedDocuments } from './versioned-documents.ts';

export function syncStateDocuments(database: Database): VersionedDocuments<SyncState> {
  return versionedDocuments(database, { table: 'sync_states', column: 'source', key: 'source', what: 'state' });
}

/** How integrations fare, in SQLite. */
export function createSyncStateStore(database: Database): SyncStateStore {
  const documents = syncStateDocuments(database);
  return {
    get: async (organization, source) => documents.get(organization, source) ?? newSyncState(organization, source),
    save: async (state) => documents.save(state),
  };
}

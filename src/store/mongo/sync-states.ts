import { newSyncState, type SyncState } from '../../core/sync-state.ts';
import type { SyncStateStore } from '../../ports/sync-stores.ts';
import type { Database } from './database.ts';
import { COLLECTION } from './schema.ts';
import { type VersionedCollection, versionedDocuments } from './versioned-documents.ts';

export const SYNC_STATE_DOCUMENTS: VersionedCollection<SyncState> = {
  name: COLLECTION.syncStates,
  key: 'source',
  what: 'state',
};

/** How integrations fare, in MongoDB. */
export function createSyncStateStore(database: Database): SyncStateStore {
  const { get, save } = versionedDocuments(database, SYNC_STATE_DOCUMENTS);
  return {
    get: async (organization, source) => (await get(organization, source)) ?? newSyncState(organization, source),
    save,
  };
}

import type { DeactivationWatch } from '../../core/deactivation-watch.ts';
import type { WatchStore } from '../../ports/connection-stores.ts';
import type { Database } from './database.ts';
import { COLLECTION } from './schema.ts';
import { type VersionedCollection, versionedDocuments } from './versioned-documents.ts';

export const WATCH_DOCUMENTS: VersionedCollection<DeactivationWatch> = {
  name: COLLECTION.watches,
  key: 'connectionId',
  what: 'watch',
};

/** Deactivations by SCIM connections in MongoDB. */
export function createWatchStore(database: Database): WatchStore {
  return versionedDocuments(database, WATCH_DOCUMENTS);
}

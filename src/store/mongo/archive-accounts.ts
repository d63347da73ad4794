import type { Agency } from '../../core/agency.ts';
import type { ApiKeyRing } from '../../core/api-key.ts';
import type { Conflict } from '../../core/conflict.ts';
import type { Integration } from '../../core/integration.ts';
import type { Interview } from '../../core/interview.ts';
import type { Organization } from '../../core/organization.ts';
import type { ScimClient } from '../../core/scim-client.ts';
import type { ScimConfiguration } from '../../core/scim-configuration.ts';
import { type ScimConnection, wholeConnection } from '../../core/scim-connection.ts';
import type { ScimToken } from '../../core/scim-token.ts';
import type { PendingRemoval } from '../../core/sync-state.ts';
import type { Shelf } from '../../ports/archive.ts';
import { type AgencyRow, agencyRow } from './agencies.ts';
import { type RingRow, ringOf, ringRow } from './api-keys.ts';
import { createNestedReads } from './archive-nested.ts';
import { createShelf } from './archive-shelf.ts';
import { type ClientRow, clientRow } from './clients.ts';
import { configurationOf, rowOf as configurationRow } from './configurations.ts';
import { rowOf as conflictRow, toConflict } from './conflicts.ts';
import { type ConnectionRow, connectionRow } from './connections.ts';
import type { Database } from './database.ts';
import { keyOf } from './documents.ts';
import { rowOf as integrationRow, toIntegration } from './integrations.ts';
import { type InterviewRow, interviewOf, interviewRow } from './interviews.ts';
import { guarded } from './mongo-errors.ts';
import { rowOf as organizationRow } from './organizations.ts';
import { type RemovalRow, removalOf, removalRow } from './removals.ts';
import { COLLECTION } from './schema.ts';
import { SYNC_STATE_DOCUMENTS } from './sync-states.ts';
import { insistently } from './unknown-results.ts';
import { entryOf, type VersionedCollection, type VersionedRow, versionedRow } from './versioned-documents.ts';
import { WATCH_DOCUMENTS } from './watches.ts';

/** Organizations with what hangs on them beside people and runs, as entries of an archive. */
export function createAccountShelves(database: Database) {
  return {
    organizations: createShelf<ReturnType<typeof organizationRow>, Organization>({
      collection: database.collection(COLLECTION.organizations),
      toEntry: ({ document }) => document,
      toDocument: organizationRow,
    }),
    integrations: createShelf<ReturnType<typeof integrationRow>, Integration>({
      collection: database.collection(COLLECTION.integrations),
      toEntry: toIntegration,
      toDocument: integrationRow,
    }),
    connections: createShelf<ConnectionRow, ScimConnection>({
      collection: database.collection(COLLECTION.connections),
      toEntry: ({ document }) => wholeConnection(document),
      toDocument: connectionRow,
    }),
    tokens: createTokenShelf(database),
    configurations: createShelf<ReturnType<typeof configurationRow>, ScimConfiguration>({
      collection: database.collection(COLLECTION.configurations),
      toEntry: configurationOf,
      toDocument: configurationRow,
    }),
    watches: createVersionedShelf(database, WATCH_DOCUMENTS),
    syncStates: createVersionedShelf(database, SYNC_STATE_DOCUMENTS),
    removals: createRemovalShelf(database),
    interviews: createInterviewShelf(database),
    agencies: createAgencyShelf(database),
    clients: createClientShelf(database),
    apiKeys: createApiKeyShelf(database),
    conflicts: createShelf<ReturnType<typeof conflictRow>, Conflict>({
      collection: database.collection(COLLECTION.conflicts),
      toEntry: toConflict,
      toDocument: conflictRow,
    }),
  };
}

/** Documents of which an organization has one for each thing. */
export function createVersionedShelf<Entry extends { readonly organizationId: string; readonly version: number }>(
  database: Database,
  collection: VersionedCollection<Entry>,
): Shelf<Entry> {
  return createShelf<VersionedRow, Entry>({
    collection: database.collection(collection.name),
    toEntry: entryOf<Entry>,
    toDocument: (entry) => versionedRow(collection, entry),
  });
}

function createAgencyShelf(database: Database): Shelf<Agency> {
  return createShelf<AgencyRow, Agency>({
    collection: database.collection(COLLECTION.agencies),
    toEntry: ({ document }) => document,
    toDocument: agencyRow,
  });
}

function createClientShelf(database: Database): Shelf<ScimClient> {
  return createShelf<ClientRow, ScimClient>({
    collection: database.collection(COLLECTION.clients),
    toEntry: ({ document }) => document,
    toDocument: clientRow,
  });
}

function createApiKeyShelf(database: Database): Shelf<ApiKeyRing> {
  return createShelf<RingRow, ApiKeyRing>({
    collection: database.collection(COLLECTION.apiKeys),
    toEntry: ringOf,
    toDocument: ringRow,
  });
}

function createRemovalShelf(database: Database): Shelf<PendingRemoval> {
  return createShelf<RemovalRow, PendingRemoval>({
    collection: database.collection(COLLECTION.removals),
    toEntry: removalOf,
    toDocument: removalRow,
  });
}

function createInterviewShelf(database: Database): Shelf<Interview> {
  return createShelf<InterviewRow, Interview>({
    collection: database.collection(COLLECTION.interviews),
    toEntry: interviewOf,
    toDocument: interviewRow,
  });
}

/** Tokens lie in the documents of their connections, which come before them. */
function createTokenShelf(database: Database): Shelf<ScimToken> {
  const collection = database.collection<ConnectionRow>(COLLECTION.connections);
  const filter = { 'tokens.id': { $exists: true } };
  return {
    ...createNestedReads<ConnectionRow, ScimToken>({
      collection,
      field: 'tokens',
      filter,
      toEntries: ({ tokens }) => tokens,
    }),
    async write(tokens) {
      if (tokens.length === 0) return;
      const operations = tokens.map((token) => ({
        updateOne: {
          filter: { _id: keyOf(token.organizationId, token.connectionId), 'tokens.id': { $ne: token.id } },
          update: { $push: { tokens: token } },
        },
      }));
      await guarded(() => insistently(() => collection.bulkWrite(operations, { ordered: true })));
    },
  };
}

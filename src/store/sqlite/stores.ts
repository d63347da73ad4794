import type { Clock } from '../../ports/clock.ts';
import type { Stores } from '../../ports/stores.ts';
import { createAgencyStore } from './agencies.ts';
import { createApiKeyStore } from './api-keys.ts';
import { createArchive } from './archive.ts';
import { createBulkStore } from './bulks.ts';
import { createCatalogStore } from './catalog.ts';
import { createClientStore } from './clients.ts';
import { createConfigurationStore } from './configurations.ts';
import { createConflictStore } from './conflicts.ts';
import { createCounters } from './counters.ts';
import { type Database, openDatabase } from './database.ts';
import { createDirectoryGroupStore } from './directory-groups.ts';
import { createEventStore } from './events.ts';
import { createGroupMappingStore } from './group-mappings.ts';
import { createHistoryStore } from './history.ts';
import { createImportStore } from './imports.ts';
import { createIntegrationStore } from './integrations.ts';
import { createInterning } from './interning.ts';
import { createInterviewStore } from './interviews.ts';
import { createKeptAnswerStore } from './kept-answers.ts';
import { migrate } from './migrations.ts';
import { createOrganizationStore } from './organizations.ts';
import { createRemovalStore } from './removals.ts';
import { createResourceStore } from './resources.ts';
import { freeAllLeases } from './run-leases.ts';
import { createRunStore } from './runs.ts';
import { createSyncStateStore } from './sync-states.ts';
import { createTokenStore } from './tokens.ts';
import { createUserStore } from './users.ts';
import { createWatchStore } from './watches.ts';

/** All stores on one SQLite file, migrated. The caller holds the data directory for itself alone. */
export function createSqliteStores(path: string, clock: Clock): Stores {
  const database = openDatabase(path);
  prepare(database, clock);
  const names = createInterning(database);
  const counters = createCounters(database);
  const sealed = database.sql('SELECT 1 FROM integrations WHERE sealed = 1 LIMIT 1');
  const answer = database.sql('SELECT 1 FROM organizations LIMIT 1');
  return {
    users: createUserStore(database, names, counters),
    resources: createResourceStore(database, names, counters),
    organizations: createOrganizationStore(database),
    integrations: createIntegrationStore(database),
    runs: createRunStore(database, clock),
    conflicts: createConflictStore(database),
    events: createEventStore(database, names, counters),
    history: createHistoryStore(database, names),
    tokens: createTokenStore(database),
    configurations: createConfigurationStore(database),
    agencies: createAgencyStore(database),
    clients: createClientStore(database),
    apiKeys: createApiKeyStore(database),
    keptAnswers: createKeptAnswerStore(database),
    watches: createWatchStore(database),
    syncStates: createSyncStateStore(database),
    imports: createImportStore(database),
    removals: createRemovalStore(database),
    interviews: createInterviewStore(database),
    catalog: createCatalogStore(database),
    bulks: createBulkStore(database),
    groupMappings: createGroupMappingStore(database),
    directoryGroups: createDirectoryGroupStore(database),
    archive: createArchive(database, names, counters),
    async ping() {
      answer.get();
    },
    hasSealed: async () => sealed.get() !== undefined,
    close: () => database.close(),
  };
}

/** A database that cannot be used is closed again. */
function prepare(database: Database, clock: Clock): void {
  try {
    migrate(database, clock);
    freeAllLeases(database);
  } catch (error) {
    void database.close();
    throw error;
  }
}

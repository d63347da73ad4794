import { AppError } from '../../core/errors.ts';
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
import { type Database, type MongoOptions, openDatabase } from './database.ts';
import { createDirectoryGroupStore } from './directory-groups.ts';
import { createEventStore } from './events.ts';
import { createFences } from './fence.ts';
import { createGroupMappingStore } from './group-mappings.ts';
import { createHistoryStore } from './history.ts';
import { createImportStore } from './imports.ts';
import { createIntegrationStore } from './integrations.ts';
import { createInterviewStore } from './interviews.ts';
import { createKeptAnswerStore } from './kept-answers.ts';
import { migrate } from './migrations.ts';
import { guarded, guardMethods, translated } from './mongo-errors.ts';
import { createOrganizationStore } from './organizations.ts';
import { createRemovalStore } from './removals.ts';
import { createResourceStore } from './resources.ts';
import { createRunStore } from './runs.ts';
import { COLLECTION } from './schema.ts';
import { createServerClock } from './server-clock.ts';
import { createSyncStateStore } from './sync-states.ts';
import { createTokenStore } from './tokens.ts';
import { createUserStore } from './users.ts';
import { createWatchStore } from './watches.ts';

/** How long a ping waits. */
const PING_MS = 2_000;

/**
 * Connects to a MongoDB, brings it to this version, and opens all stores on it, with the clock its users share: the server's unless
 * one is given.
 */
export async function openMongoStores(
  options: MongoOptions,
  given: Clock | null = null,
): Promise<{ readonly stores: Stores; readonly clock: Clock }> {
  const database = await openDatabase(options).catch((error: unknown) => {
    throw refusedAccount(error);
  });
  try {
    await refuseShards(database);
    await migrate(database);
    const ask = () => guarded(() => serverTime(database));
    const { clock, close } = given ? { clock: given, close: () => undefined } : await createServerClock({ ask });
    const stores = createMongoStores(database, clock);
    return {
      clock,
      stores: {
        ...stores,
        async close() {
          close();
          await stores.close();
        },
      },
    };
  } catch (error) {
    await database.close();
    throw refusedAccount(error);
  }
}

/** Several routers would each bring a clock of their own to leases, and unique indexes would not span the shards. */
async function refuseShards({ db }: Database): Promise<void> {
  const { msg } = await db.command({ hello: 1 });
  if (msg === 'isdbgrid')
    throw new AppError(
      'not_configured',
      'MONGODB_URL leads to a sharded cluster; name a replica set or a single server',
    );
}

/** Unauthorized, AuthenticationFailed, and what a managed service says instead. */
const REFUSED_ACCOUNTS: readonly unknown[] = [13, 18, 8000];

/** A sentence for the operator when the server does not take the account; other errors stay what they are. */
function refusedAccount(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (!REFUSED_ACCOUNTS.includes(code)) return error;
  const sentence =
    'MongoDB refused this account: look at user, password and authSource in MONGODB_URL, and at its roles';
  return new AppError('not_configured', sentence, {}, error);
}

/** All stores on a MongoDB that is migrated. Leases go by the server's clock, whatever clock is given. */
export function createMongoStores(database: Database, clock: Clock): Stores {
  const fences = createFences(database);
  const runs = createRunStore(database, fences);
  const integrations = database.collection(COLLECTION.integrations);
  return {
    users: createUserStore(database, clock, { checkFence: fences.checkFence, presentKeys: runs.presentKeys }),
    resources: createResourceStore(database, clock),
    organizations: guardMethods(createOrganizationStore(database)),
    integrations: guardMethods(createIntegrationStore(database)),
    runs: guardMethods(runs.store),
    conflicts: guardMethods(createConflictStore(database)),
    events: guardMethods(createEventStore(database)),
    history: guardMethods(createHistoryStore(database)),
    tokens: guardMethods(createTokenStore(database)),
    configurations: guardMethods(createConfigurationStore(database)),
    agencies: guardMethods(createAgencyStore(database)),
    clients: guardMethods(createClientStore(database)),
    apiKeys: guardMethods(createApiKeyStore(database)),
    keptAnswers: guardMethods(createKeptAnswerStore(database)),
    watches: guardMethods(createWatchStore(database)),
    syncStates: guardMethods(createSyncStateStore(database)),
    imports: guardMethods(createImportStore(database)),
    removals: guardMethods(createRemovalStore(database)),
    interviews: guardMethods(createInterviewStore(database)),
    catalog: guardMethods(createCatalogStore(database)),
    bulks: guardMethods(createBulkStore(database)),
    groupMappings: guardMethods(createGroupMappingStore(database)),
    directoryGroups: guardMethods(createDirectoryGroupStore(database)),
    archive: createArchive(database),
    ping: () => answered(database),
    hasSealed: () => guarded(async () => (await integrations.countDocuments({ sealed: true }, { limit: 1 })) === 1),
    close: () => database.close(),
  };
}

/** Gives up long before a command would: whoever asks wants to know now. */
async function answered({ db }: Database): Promise<void> {
  const signal = AbortSignal.timeout(PING_MS);
  try {
    await db.command({ ping: 1 }, { signal });
  } catch (error) {
    throw signal.aborted ? new AppError('unavailable', 'the store does not answer', {}, error) : translated(error);
  }
}

async function serverTime({ db }: Database): Promise<number> {
  const { localTime } = await db.command({ hello: 1 });
  return (localTime as Date).getTime();
}

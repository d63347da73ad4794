import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../config/load.ts';
import { compose, type Rollcall } from '../../src/compose.ts';
import type { DirectoryName } from '../../src/core/user.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { openBullQueue } from '../../src/queue/bullmq.ts';
import type { MongoOfSuite, RedisOfSuite } from '../servers/describe-on.ts';
import { type GoogleSimulator, startGoogleSimulator } from '../simulators/google/start-google-simulator.ts';
import type { GraphSimulator } from '../simulators/graph/start-graph-simulator.ts';
import { createApiClient } from '../support/api-client.ts';
import { type RollcallProcess, spawnRollcall } from '../support/rollcall-process.ts';
import { SHARED_KEYS } from '../support/shared-keys.ts';
import { createOrganization, type FaultOrganization } from './installation.ts';
import { createQueuePerOrganization } from './queue-per-organization.ts';

/** A run waits this long for a worker that died. */
const LEASE_MS = 1_500;
const ENTRY = 'test/faults/worker-with-fail-point.ts';

/**
 * A Rollcall in this process that stands by, and workers in processes of their own that die or freeze over the run of one organization each.
 *
 * Each organization has a queue of its own in Redis, shared by its worker and by us: we see to its unfinished work all the time, and
 * take jobs from it once told to.
 */
export interface TakeOver {
  readonly standby: Rollcall;
  readonly google: GoogleSimulator;
  /** An organization with people and a first run behind it. */
  prepare(name: string): Promise<FaultOrganization>;
  /** Starts a run that its worker is to take, with that worker; it may be dead before this resolves. */
  startDoomed(organization: FaultOrganization, at: number, signal: 'SIGKILL' | 'SIGSTOP'): Promise<Doomed>;
  /** Takes the jobs of the organization from now on. */
  takeUp(organization: FaultOrganization): void;
  stop(): Promise<void>;
}

export interface Doomed {
  readonly process: RollcallProcess;
  readonly runId: string;
  /** The fail points passed so far. */
  points(): readonly string[];
  /** Whether it has come to the planned point. */
  isThere(): boolean;
  isDead(): boolean;
}

export async function createTakeOver(mongo: MongoOfSuite, redis: RedisOfSuite): Promise<TakeOver> {
  const google = await startGoogleSimulator({ seed: 7, people: 26 });
  const prefix = redis.freshPrefix();
  const env = {
    ...SHARED_KEYS,
    MONGODB_URL: mongo.freshUrl(),
    REDIS_URL: redis.url,
    GOOGLE_BASE_URL: google.origin,
    LOG_LEVEL: 'debug',
    NODE_COMPILE_CACHE: join(tmpdir(), 'rollcall-compile-cache'),
  };
  const logger = createLogger('error', { write: (line: string) => void process.stdout.write(line) });
  const holder: { queue?: ReturnType<typeof createQueuePerOrganization> } = {};
  const standby = await compose(loadSettings({ ...env, REDIS_PREFIX: prefix, PORT: '0' }), {
    logger,
    tuning: { leaseMs: LEASE_MS },
    around(deps) {
      holder.queue = createQueuePerOrganization(deps.queue);
      return { ...deps, queue: holder.queue };
    },
  });
  const api = createApiClient(standby.url, standby.operatorKey);
  const doomed: RollcallProcess[] = [];
  const prefixOf = ({ id }: FaultOrganization) => `${prefix}-${id}`;

  return {
    standby,
    google,
    prepare: async (name) => prepare(await createOrganization(api, google, name)),
    async startDoomed(organization, at, signal) {
      holder.queue?.handOver(
        organization.id,
        await openBullQueue({ url: redis.url, prefix: prefixOf(organization), logger }),
      );
      const { id: runId } = await organization.startRun();
      const process = await spawnRollcall(
        {
          ...env,
          REDIS_PREFIX: prefixOf(organization),
          ROLLCALL_ROLE: 'worker',
          FAIL_ORGANIZATION: organization.id,
          FAIL_AT: String(at),
          FAIL_SIGNAL: signal,
          FAIL_ALONE: 'yes',
          FAIL_LEASE_MS: String(LEASE_MS),
        },
        { entry: ENTRY },
      );
      doomed.push(process);
      const points = () =>
        process.log().flatMap((line) => {
          const { failPoint, name } = JSON.parse(line) as { failPoint?: number; name: string };
          return failPoint === undefined ? [] : [name];
        });
      const isDead = () => process.child.signalCode !== null || process.child.exitCode !== null;
      return { process, runId, points, isThere: () => points().length >= at, isDead };
    },
    takeUp: ({ id }) => holder.queue?.takeUp(id),
    async stop() {
      await Promise.all(doomed.map((process) => process.end('SIGKILL')));
      await standby.stop();
      await google.close();
    },
  };
}

/** Somebody added by hand for each way in which a directory can meet people who are there before it. */
export async function prepare(
  organization: FaultOrganization,
  source: DirectoryName = 'google',
): Promise<FaultOrganization> {
  await organization.addActiveUser('Linnea Linked', 'linnea@sim.example');
  await organization.addActiveUser('Hilda Holder', 'hilda@sim.example');
  await organization.connect();
  await organization.change({ [source]: { syncUsers: true, autoEnableUsers: true } });
  await organization.runsEnded();
  return organization;
}

/**
 * What happens in the directory before the run under test: somebody is new, changed, linked by address, inactive, gone, moved to
 * another address; one wants the address of somebody else, and two newcomers want the same.
 */
export function letThingsHappen({ control }: GoogleSimulator): void {
  const named = (givenName: string, address: string) => ({
    name: { givenName, familyName: 'Newcomer', fullName: `${givenName} Newcomer` },
    primaryEmail: address,
    emails: [{ address, primary: true }],
    suspended: false,
    archived: false,
    isGuestUser: false,
  });
  control.mutate(
    { do: 'rename', who: 1, givenName: 'Renata', familyName: 'Renamed' },
    { do: 'change-email', who: 2, to: 'hilda@sim.example' },
    { do: 'suspend', who: 3 },
    { do: 'delete', who: 4 },
    { do: 'change-email', who: 5, to: 'moved@sim.example' },
    { do: 'add', fields: named('Nora', 'nora@sim.example') },
    { do: 'add', fields: named('Linnea', 'linnea@sim.example') },
    { do: 'add', fields: named('Tom', 'twin@sim.example') },
    { do: 'add', fields: named('Tim', 'twin@sim.example') },
  );
}

/** The same in a Microsoft 365 tenant, told by a delta. */
export function letThingsHappenInMicrosoft({ control }: GraphSimulator): void {
  const named = (givenName: string, mail: string) => ({
    displayName: `${givenName} Newcomer`,
    givenName,
    surname: 'Newcomer',
    mail,
    userPrincipalName: mail,
    accountEnabled: true,
    userType: 'Member',
  });
  control.mutate(
    { do: 'rename', who: 1, givenName: 'Renata', surname: 'Renamed' },
    { do: 'change-email', who: 2, to: 'hilda@sim.example' },
    { do: 'disable', who: 3 },
    { do: 'delete', who: 4 },
    { do: 'change-email', who: 5, to: 'moved@sim.example' },
    { do: 'purge', who: 6 },
    { do: 'add', fields: named('Nora', 'nora@sim.example') },
    { do: 'add', fields: named('Linnea', 'linnea@sim.example') },
    { do: 'add', fields: named('Tom', 'twin@sim.example') },
    { do: 'add', fields: named('Tim', 'twin@sim.example') },
  );
}

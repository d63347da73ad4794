import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../config/load.ts';
import { compose, type Overrides, type Rollcall } from '../../src/compose.ts';
import { createLogger } from '../../src/logging/logger.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { listRows } from '../../src/services/import-files.ts';
import { listBulkResults } from '../../src/services/list-bulk-results.ts';
import type { MongoOfSuite, RedisOfSuite } from '../servers/describe-on.ts';
import { createApiClient } from '../support/api-client.ts';
import { type RollcallProcess, spawnRollcall } from '../support/rollcall-process.ts';
import { OPERATOR_KEY, SHARED_KEYS } from '../support/shared-keys.ts';
import { peopleOf } from './end-state.ts';
import { ownOnly } from './fail-points.ts';
import { expectStatus, waitFor } from './installation.ts';
import type { MassTask, MassWork } from './mass-works.ts';
import { isThrough } from './steps-of-log.ts';

type Env = { readonly [name: string]: string };

/** A task that waits to be begun, and what a process needs that is to do it. */
export interface Spot {
  readonly env: Env;
  readonly organizationId: string;
  readonly work: MassWork;
  readonly task: MassTask;
}

/** Where tasks are done: on one of the two stores. */
export interface MassPlace {
  /** The same task as often as it is wanted, none in the way of another. */
  prepare(work: MassWork, people: number, spots: number): Promise<readonly Spot[]>;
  /** Forgets everything. */
  clear(): Promise<void>;
}

const ENTRY = 'test/faults/worker-with-fail-point.ts';
const QUIET = createLogger('fatal', { write: () => undefined });
const ALL = 100_000;

export function embeddedPlace(): MassPlace {
  const folders: string[] = [];
  const freshFolder = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-mass-'));
    folders.push(folder);
    return folder;
  };
  return {
    async prepare(work, people, spots) {
      const folder = await freshFolder();
      const env = { ROLLCALL_DATA_DIR: folder, ROLLCALL_OPERATOR_KEY: OPERATOR_KEY };
      const rollcall = await open(env);
      const first = await addTask(rollcall, work, people, env);
      await rollcall.stop();
      const rest = Array.from({ length: spots - 1 }, async () => {
        const copy = await freshFolder();
        await cp(folder, copy, { recursive: true });
        return { ...first, env: { ...env, ROLLCALL_DATA_DIR: copy } };
      });
      return [...(await Promise.all(rest)), first];
    },
    async clear() {
      await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}

export function scaledPlace(mongo: MongoOfSuite, redis: RedisOfSuite): MassPlace {
  const holder: { mongoUrl?: string } = {};
  return {
    async prepare(work, people, spots) {
      holder.mongoUrl ??= mongo.freshUrl();
      const common = { ...SHARED_KEYS, MONGODB_URL: holder.mongoUrl, REDIS_URL: redis.url };
      const rollcall = await open({ ...common, REDIS_PREFIX: redis.freshPrefix() });
      const prepared: Spot[] = [];
      for (let n = 0; n < spots; n++)
        prepared.push(await addTask(rollcall, work, people, { ...common, REDIS_PREFIX: redis.freshPrefix() }));
      await rollcall.stop();
      return prepared;
    },
    clear: async () => undefined,
  };
}

async function addTask(rollcall: Rollcall, work: MassWork, people: number, env: Env): Promise<Spot> {
  const api = createApiClient(rollcall.url, rollcall.operatorKey);
  const { id: organizationId } = expectStatus(await api.post('/organizations', { name: 'Killed' }), 201);
  return { env, organizationId, work, task: await work.prepare(api, `/organizations/${organizationId}`, people) };
}

/** Kill -9 before a call of the task's steps: which one, counted from 1; 0: never. */
export interface Doom {
  readonly at: number;
  /** Counts only calls of this name. */
  readonly only?: string;
  /** What the process runs; what dies there, and nothing else, unless told. */
  readonly entry?: string;
}

/** A process that does the task of a spot, and may die over it. */
export interface Doomed {
  /** What it was about to call, call by call. */
  points(): readonly string[];
  /** How many of them were before it said something, from which on counts the others. */
  pointsBefore(member: string): number;
  isDead(): boolean;
  process: RollcallProcess;
}

/** Has a process begin the task or go on with it; resolves when it is dead or the task done. */
export async function playDoomed(
  { env, organizationId, work, task }: Spot,
  { at, only, entry = ENTRY }: Doom,
): Promise<Doomed> {
  const fail = {
    FAIL_ORGANIZATION: organizationId,
    FAIL_JOB: work.job,
    FAIL_AT: String(at),
    FAIL_ALONE: 'yes',
    ...(only === undefined ? {} : { FAIL_ONLY: only }),
  };
  const process = await spawnRollcall({ ...env, ...fail }, { entry });
  const isDead = () => process.child.signalCode !== null || process.child.exitCode !== null;
  const said = (member: string) =>
    process.log().flatMap((line) => (line.includes(`"${member}"`) ? [JSON.parse(line)] : []));
  const url = await waitFor('it listens or is dead', () => isDead() || said('listeningAt')[0]?.listeningAt);
  if (typeof url === 'string') {
    const api = createApiClient(url, OPERATOR_KEY);
    await task.begin(api).catch(() => undefined);
    const isDone = async () => (await task.read(api)).state === 'done';
    await waitFor('it is dead or the task done', () => isDead() || isDone().catch(() => false), 60_000);
    await waitFor('it is dead or its last step over', () => isDead() || isThrough(process.log()));
  }
  const pointsBefore = (member: string) => {
    const lines = process.log();
    const end = lines.findIndex((line) => line.includes(`"${member}"`));
    return lines.slice(0, end).filter((line) => line.includes('"failPoint"')).length;
  };
  return { process, isDead, points: () => said('failPoint').map(({ name }) => name), pointsBefore };
}

/** Goes on with the task in this process, whoever died over it, and tells what it has come to, and how long that took. */
export async function finish({ env, organizationId, work, task }: Spot) {
  const begun = performance.now();
  const rollcall = await open(env, { around: (deps) => ({ ...deps, stores: ownOnly(deps.stores, organizationId) }) });
  try {
    const api = createApiClient(rollcall.url, rollcall.operatorKey);
    await waitFor('the task is done', async () => (await task.read(api)).state === 'done', 60_000);
    const tookMs = performance.now() - begun;
    const { stores } = rollcall.deps;
    await waitFor('everything is published', async () => (await stores.events.pending()) === 0);
    const people = await peopleOf(stores, organizationId);
    return { tookMs, state: { people, ...(await outcomeOf(stores, organizationId, work, task.id)) } };
  } finally {
    await rollcall.stop();
  }
}

/** What is told of the task itself, without ids, versions and times. */
async function outcomeOf(stores: Stores, organizationId: string, { job }: MassWork, id: string) {
  if (job === 'bulk') {
    const bulk = await stores.bulks.get(organizationId, id);
    if (!bulk) throw new Error('there is no such bulk action');
    const { items } = await listBulkResults({ stores }, bulk, [], null, ALL);
    return { outcomes: bulk.outcomes, rows: items.map(({ outcome }) => [outcome?.verdict, outcome?.reason]) };
  }
  const entry = await stores.imports.get(organizationId, id);
  if (!entry) throw new Error('there is no such import');
  const { items } = await listRows({ stores }, entry, [], null, ALL);
  const rows = items.map(({ line, verdict, outcome }) => [line, verdict, outcome?.outcome, outcome?.reason]);
  return { outcomes: entry.outcomes, rows };
}

const open = (env: Env, overrides: Overrides = {}): Promise<Rollcall> =>
  compose(loadSettings({ PORT: '0', ...env }), { logger: QUIET, ...overrides });

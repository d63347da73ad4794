import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { AppError } from '../core/errors.ts';
import type { Job, JobQueue, QueueHealth } from '../ports/job-queue.ts';
import type { Logger } from '../ports/logger.ts';
import { DEFAULT_ATTEMPTS } from './attempt-job.ts';
import { type BullProducer, createBullProducer } from './bull-producer.ts';
import { type BullWorker, type BullWorkerSettings, startBullWorker } from './bull-worker.ts';
import { createOutgoing, type WorkRequest } from './outgoing.ts';
import { createQuietLog, type QuietLog, reasonOf } from './quiet-log.ts';
import { connectForRequests, connectForWork, cut, redisPlace, type WorkConnection } from './redis-connection.ts';
import { type RedisWatch, watchRedis } from './redis-health.ts';
import { within } from './within.ts';

export interface BullQueueOptions extends Partial<BullWorkerSettings> {
  /** `redis://` or `rediss://`, with user and password where needed. */
  readonly url: string;
  /** What all keys begin with: installations with different prefixes may share a Redis. A Redis Cluster needs it in braces. */
  readonly prefix: string;
  readonly logger: Logger;
  /** Between 0 (included) and 1. */
  readonly random?: () => number;
  readonly backoffBaseMs?: number;
  readonly backoffCapMs?: number;
  readonly commandTimeoutMs?: number;
  readonly reconnectCapMs?: number;
  /** The most requests for work that are held while Redis is away, and how long each. */
  readonly outgoingLimit?: number;
  readonly holdMs?: number;
  readonly lookEveryMs?: number;
  /** How long the start waits for Redis. */
  readonly patienceMs?: number;
}

type Tuning = Required<Omit<BullQueueOptions, 'url' | 'prefix' | 'logger'>>;

const DEFAULTS: Tuning = {
  random: Math.random,
  backoffBaseMs: 200,
  backoffCapMs: 30_000,
  commandTimeoutMs: 1_000,
  reconnectCapMs: 2_000,
  outgoingLimit: 1_000,
  holdMs: 60_000,
  lookEveryMs: 5_000,
  patienceMs: 1_500,
  lockDurationMs: 6_000,
  stalledIntervalMs: 3_000,
  maxStalledCount: 10,
  maxStartedAttempts: 5,
  keepCompleted: { count: 100 },
  keepFailed: { count: 1_000, age: 7 * 24 * 3_600 },
};

const QUIET_MS = 1_000;
const DEFAULT_GRACE_MS = 20_000;
/** How long the end waits for what only Redis can answer. */
const FAREWELL_MS = 1_000;
const COUNT_MS = 1_000;

type Settings = Tuning & BullQueueOptions;

/** One kind of work. */
interface Lane {
  readonly producer: BullProducer;
  startWorker(redis: Redis): BullWorker;
}

/** What both ends of the queue use. */
interface Ground {
  readonly settings: Settings;
  readonly requests: Redis;
  readonly watch: RedisWatch;
  readonly quiet: QuietLog;
  onError(error: Error): void;
}

/**
 * Opens a job queue on Redis: its work is shared by all processes on the same prefix, and outlives them.
 *
 * Nobody who enqueues waits for Redis. While it is away, requests for work are held here, bounded, and workers come back by
 * themselves. Throws a sentence for the operator when this Redis must not be used; one that is away is no reason not to start.
 */
export async function openBullQueue(options: BullQueueOptions): Promise<JobQueue> {
  const settings: Settings = { ...DEFAULTS, ...options };
  const { url, logger, lookEveryMs, patienceMs } = settings;
  const quiet = createQuietLog(logger, QUIET_MS);
  const place = redisPlace(url);
  const onError = (error: Error) => quiet('warn', { redis: place, reason: reasonOf(error) }, 'no connection to Redis');
  const requests = connectForRequests({ ...settings, onError });
  const watch = watchRedis({ redis: requests, place, logger, quiet, everyMs: lookEveryMs });
  try {
    await watch.begin(patienceMs);
  } catch (error) {
    cut(requests);
    throw error;
  }
  return createBullQueue({ settings, requests, watch, quiet, onError });
}

function createBullQueue(ground: Ground): JobQueue {
  const { settings, requests, watch, quiet } = ground;
  const lanes = new Map<string, Lane>();
  const send = async (request: WorkRequest) => laneOf(request.name).producer.send(request);
  const outgoing = createOutgoing({ send, quiet, limit: settings.outgoingLimit, holdMs: settings.holdMs });
  let work: { readonly connection: WorkConnection; readonly workers: readonly BullWorker[] } | null = null;
  let closed = false;

  function laneOf(name: string): Lane {
    const lane = lanes.get(name);
    if (!lane) throw new Error(`no job is registered under the name ${name}`);
    return lane;
  }

  return {
    register<Payload>(job: Job<Payload>) {
      if (lanes.has(job.name)) throw new Error(`two jobs are registered under the name ${job.name}`);
      lanes.set(job.name, createLane(job, ground));
    },
    async enqueue(name, payload, { delayMs = 0, key = null } = {}) {
      laneOf(name);
      const now = performance.now();
      const text = JSON.stringify(payload);
      outgoing.put({ id: randomUUID(), name, payload: text, key, dueAt: now + delayMs, askedAt: now });
    },
    start() {
      if (work || closed) return;
      const connection = connectForWork({ ...settings, onError: ground.onError });
      work = { connection, workers: [...lanes.values()].map((lane) => lane.startWorker(connection.redis)) };
    },
    async close(graceMs = DEFAULT_GRACE_MS) {
      if (closed) return;
      closed = true;
      watch.stop();
      if (work) await stopWork(work.workers, graceMs);
      await outgoing.settled(FAREWELL_MS);
      outgoing.close();
      await within(Promise.allSettled([...lanes.values()].map(({ producer }) => producer.close())), FAREWELL_MS);
      work?.connection.disconnect();
      cut(requests);
    },
    async counts() {
      if (closed) return { waiting: 0, running: 0 };
      await outgoing.settled(COUNT_MS / 2);
      return countAll([...lanes.values()], outgoing.size());
    },
    health: async () => withOutgoing(watch.health(), outgoing.size()),
  };
}

function createLane<Payload>(job: Job<Payload>, { settings, requests, quiet }: Ground): Lane {
  const { prefix, logger, random, backoffBaseMs, backoffCapMs } = settings;
  const { name, attempts = DEFAULT_ATTEMPTS } = job;
  /** Full jitter: anywhere between now and the end of a window that doubles with every failure. */
  const backoff = (failures: number) => random() * Math.min(backoffCapMs, backoffBaseMs * 2 ** (failures - 1));
  return {
    producer: createBullProducer({ name, attempts, redis: requests, prefix, quiet }),
    startWorker: (redis) => startBullWorker(job, { redis, prefix, settings, logger, quiet, backoff }),
  };
}

/** Waits for running jobs as long as the grace allows; when none runs, only for what Redis takes to hear of it. */
async function stopWork(workers: readonly BullWorker[], graceMs: number): Promise<void> {
  const idle = workers.every((worker) => worker.running() === 0);
  const finished = Promise.allSettled(workers.map((worker) => worker.finish()));
  await within(finished, idle ? Math.min(graceMs, FAREWELL_MS) : graceMs);
}

async function countAll(lanes: readonly Lane[], held: number): ReturnType<JobQueue['counts']> {
  const asked = Promise.all(lanes.map(({ producer }) => producer.counts())).then((all) => ({
    waiting: all.reduce((sum, { waiting }) => sum + waiting, held),
    running: all.reduce((sum, { running }) => sum + running, 0),
  }));
  try {
    if (await within(asked, COUNT_MS)) return await asked;
  } catch (cause) {
    throw new AppError('unavailable', 'the job queue does not answer', {}, cause);
  }
  throw new AppError('unavailable', 'the job queue does not answer');
}

function withOutgoing({ state, details }: QueueHealth, held: number): QueueHealth {
  if (state === 'ok' || held === 0) return { state, details };
  return { state, details: [...details, `${held} jobs wait in this process to be handed over`] };
}

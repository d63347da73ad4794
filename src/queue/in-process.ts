import type { Job, JobQueue } from '../ports/job-queue.ts';
import type { Logger } from '../ports/logger.ts';
import { type Backoff, createLane, type Lane } from './lane.ts';

export interface InProcessQueueOptions {
  readonly logger?: Logger;
  /** Between 0 (included) and 1. */
  readonly random?: () => number;
  readonly backoffBaseMs?: number;
  readonly backoffCapMs?: number;
}

const DEFAULT_GRACE_MS = 20_000;

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * A job queue inside the process: its work is lost with the process, the intent is in the store.
 *
 * Every kind of work has a lane of its own, so that no kind waits behind another, and every job begins in a turn of the event loop
 * of its own: whoever enqueues never runs it, and requests get their turn between two jobs.
 */
export function createInProcessQueue(options: InProcessQueueOptions = {}): JobQueue {
  const { logger = SILENT, random = Math.random, backoffBaseMs = 200, backoffCapMs = 30_000 } = options;
  const lanes = new Map<string, Lane>();
  let closed = false;

  /** Full jitter: anywhere between now and the end of a window that doubles with every failure. */
  const backoff: Backoff = (failures) => random() * Math.min(backoffCapMs, backoffBaseMs * 2 ** (failures - 1));

  return {
    register<Payload>(job: Job<Payload>) {
      if (lanes.has(job.name)) throw new Error(`two jobs are registered under the name ${job.name}`);
      lanes.set(job.name, createLane(job, { logger, backoff }));
    },
    async enqueue(name, payload, { delayMs = 0, key } = {}) {
      const lane = lanes.get(name);
      if (!lane) throw new Error(`no job is registered under the name ${name}`);
      // Text, as a queue between processes would carry it: what does not survive JSON shows here too.
      if (!closed) lane.put(JSON.stringify(payload), delayMs, key ?? null);
    },
    start() {
      for (const lane of lanes.values()) lane.start();
    },
    async close(graceMs = DEFAULT_GRACE_MS) {
      closed = true;
      const idle = Promise.all([...lanes.values()].map((lane) => lane.close()));
      await Promise.race([idle, expiry(graceMs)]);
    },
    async counts() {
      const all = [...lanes.values()].map((lane) => lane.counts());
      return {
        waiting: all.reduce((sum, { waiting }) => sum + waiting, 0),
        running: all.reduce((sum, { running }) => sum + running, 0),
      };
    },
    health: async () => ({ state: 'ok', details: [] }),
  };
}

function expiry(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

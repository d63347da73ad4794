import PQueue from 'p-queue';
import type { JsonObject } from '../core/json.ts';
import type { EnqueueOptions, Job, JobQueue } from '../ports/job-queue.ts';
import type { Logger } from '../ports/logger.ts';

export interface InProcessQueueOptions {
  readonly logger: Logger;
  /** Between 0 (included) and 1. */
  readonly random?: () => number;
  readonly backoffBaseMs?: number;
  readonly backoffCapMs?: number;
}

type AnyJob = Job<unknown>;

interface Entry {
  readonly job: AnyJob;
  payload: JsonObject;
  readonly key: string | null;
  attempt: number;
  running: boolean;
  /** Asked for while this one ran: runs after it. */
  after: { payload: JsonObject; delayMs: number } | null;
  timer: NodeJS.Timeout | null;
}

const DEFAULT_ATTEMPTS = 5;
const DEFAULT_GRACE_MS = 20_000;

/**
 * A job queue inside the process: work is lost with it, the intent is in the store.
 *
 * Each kind of work has lanes of its own, so that no kind waits behind another. Failed jobs are tried again after an exponential
 * delay with full jitter.
 */
export function createInProcessQueue(options: InProcessQueueOptions): JobQueue {
  const { logger, random = Math.random, backoffBaseMs = 200, backoffCapMs = 30_000 } = options;
  const jobs = new Map<string, AnyJob>();
  const lanes = new Map<string, PQueue>();
  const keyed = new Map<string, Entry>();
  const entries = new Set<Entry>();
  let started = false;
  let closed = false;

  const laneOf = ({ name, concurrency = 1 }: AnyJob): PQueue => {
    const known = lanes.get(name);
    if (known) return known;
    const lane = new PQueue({ concurrency, autoStart: started });
    lanes.set(name, lane);
    return lane;
  };

  const schedule = (entry: Entry, delayMs: number): void => {
    if (entry.timer) clearTimeout(entry.timer);
    entry.timer = null;
    if (closed) forget(entry);
    else if (delayMs <= 0) hand(entry);
    else
      entry.timer = setTimeout(() => {
        entry.timer = null;
        hand(entry);
      }, delayMs);
  };

  const hand = (entry: Entry): void => {
    void laneOf(entry.job).add(() => attempt(entry));
  };

  const forget = (entry: Entry): void => {
    entries.delete(entry);
    if (entry.key !== null && keyed.get(entry.key) === entry) keyed.delete(entry.key);
  };

  async function attempt(entry: Entry): Promise<void> {
    if (closed || entry.timer !== null) return;
    entry.running = true;
    entry.attempt++;
    const error = await outcomeOf(entry);
    entry.running = false;
    if (error !== null && shouldRetry(entry)) schedule(entry, backoff(entry.attempt));
    else finish(entry);
  }

  /** The error of a failed try, or null. A payload that does not parse is failed work, never done work. */
  async function outcomeOf({ job, payload, attempt: count }: Entry): Promise<unknown> {
    try {
      await job.run(job.parse(payload));
      return null;
    } catch (error) {
      logger.warn({ job: job.name, attempt: count, error }, 'a job failed');
      return error ?? new Error('unknown');
    }
  }

  const shouldRetry = ({ job, attempt: count, after }: Entry) =>
    !closed && after === null && count < (job.attempts ?? DEFAULT_ATTEMPTS);

  function finish(entry: Entry): void {
    const { job, key, after } = entry;
    forget(entry);
    if (after && key !== null && !closed) put(job, after.payload, key, after.delayMs);
  }

  function put(job: AnyJob, payload: JsonObject, key: string | null, delayMs: number): void {
    const entry: Entry = { job, payload, key, attempt: 0, running: false, after: null, timer: null };
    entries.add(entry);
    if (key !== null) keyed.set(key, entry);
    schedule(entry, delayMs);
  }

  /** Full jitter over an exponentially growing window, in milliseconds. */
  const backoff = (count: number): number => random() * Math.min(backoffCapMs, backoffBaseMs * 2 ** count);

  function replace(entry: Entry, payload: JsonObject, delayMs: number): void {
    if (entry.running) {
      entry.after = { payload, delayMs };
      return;
    }
    entry.payload = payload;
    if (entry.timer !== null) schedule(entry, delayMs);
  }

  return {
    register(job) {
      jobs.set(job.name, job as AnyJob);
    },

    async enqueue(name, payload, { delayMs = 0, key }: EnqueueOptions = {}) {
      const job = jobs.get(name);
      if (!job) throw new Error(`no job is registered under the name ${name}`);
      if (closed) return;
      const id = key === undefined ? null : `${name}\n${key}`;
      const known = id === null ? undefined : keyed.get(id);
      if (known) replace(known, payload, delayMs);
      else put(job, payload, id, delayMs);
    },

    start() {
      started = true;
      for (const lane of lanes.values()) lane.start();
    },

    async close(graceMs = DEFAULT_GRACE_MS) {
      closed = true;
      for (const { timer } of entries) if (timer) clearTimeout(timer);
      for (const lane of lanes.values()) lane.clear();
      const idle = Promise.all([...lanes.values()].map((lane) => lane.onPendingZero()));
      await Promise.race([idle, expiry(graceMs)]);
    },

    async counts() {
      const all = [...entries];
      const running = all.filter((entry) => entry.running).length;
      return { waiting: all.length - running, running };
    },
  };
}

function expiry(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { Job } from '../ports/job-queue.ts';
import type { Logger } from '../ports/logger.ts';
import { attemptJob } from './attempt-job.ts';

/** How long to wait after so many failures in a row, in milliseconds. */
export type Backoff = (failures: number) => number;

export interface LaneOptions {
  readonly logger: Logger;
  readonly backoff: Backoff;
}

/** Everything of one kind of work that waits or runs. */
export interface Lane {
  put(payload: string, delayMs: number, key: string | null): void;
  start(): void;
  /** Begins nothing more and resolves when nothing runs. */
  close(): Promise<void>;
  counts(): { readonly waiting: number; readonly running: number };
}

/** One request for work, from the asking to its success or its last failure. */
interface Entry {
  readonly key: string | null;
  payload: string;
  failures: number;
  state: 'delayed' | 'queued' | 'running';
  timer: NodeJS.Timeout | null;
  dueAt: number;
  /** Asked for while this one ran: takes its place afterwards. */
  successor: { readonly payload: string; readonly delayMs: number } | null;
}

/** What a timer can hold; a longer delay would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export function createLane<Payload>(job: Job<Payload>, { logger, backoff }: LaneOptions): Lane {
  const queue = new PQueue({ concurrency: job.concurrency ?? 1, autoStart: false });
  const entries = new Set<Entry>();
  const keyed = new Map<string, Entry>();
  let closed = false;

  function schedule(entry: Entry, delayMs: number): void {
    if (entry.timer) clearTimeout(entry.timer);
    entry.state = 'delayed';
    entry.dueAt = performance.now() + delayMs;
    entry.timer = setTimeout(() => hand(entry), Math.min(delayMs, LONGEST_DELAY_MS));
  }

  /** Without a delay no timer is set: the shortest takes longer than many a job. */
  function place(entry: Entry, delayMs: number): void {
    if (delayMs > 0) schedule(entry, delayMs);
    else hand(entry);
  }

  function hand(entry: Entry): void {
    entry.timer = null;
    entry.state = 'queued';
    void queue.add(() => run(entry));
  }

  async function run(entry: Entry): Promise<void> {
    await nextTurn();
    if (closed) return;
    entry.state = 'running';
    const outcome = await attemptJob(job, entry.payload, entry.failures, logger);
    if (outcome !== 'done') entry.failures += 1;
    if (closed) forget(entry);
    else if (entry.successor) succeed(entry, entry.successor);
    else if (outcome === 'retry') schedule(entry, backoff(entry.failures));
    else forget(entry);
  }

  function succeed(entry: Entry, { payload, delayMs }: { readonly payload: string; readonly delayMs: number }): void {
    Object.assign(entry, { payload, failures: 0, successor: null });
    place(entry, delayMs);
  }

  function forget(entry: Entry): void {
    entries.delete(entry);
    if (entry.key !== null) keyed.delete(entry.key);
  }

  function replace(entry: Entry, payload: string, delayMs: number): void {
    if (entry.state === 'running') {
      entry.successor = { payload, delayMs };
      return;
    }
    Object.assign(entry, { payload, failures: 0 });
    // Whoever wants it sooner has a reason; whoever wants it later is served by the earlier run.
    if (entry.state === 'delayed' && performance.now() + delayMs < entry.dueAt) schedule(entry, delayMs);
  }

  return {
    put(payload, delayMs, key) {
      const known = key === null ? undefined : keyed.get(key);
      if (known) {
        replace(known, payload, delayMs);
        return;
      }
      const entry = newEntry(key, payload);
      entries.add(entry);
      if (key !== null) keyed.set(key, entry);
      place(entry, delayMs);
    },
    start: () => {
      queue.start();
    },
    async close() {
      closed = true;
      queue.pause();
      queue.clear();
      for (const entry of entries) {
        if (entry.timer) clearTimeout(entry.timer);
        entry.successor = null;
        if (entry.state !== 'running') forget(entry);
      }
      await queue.onPendingZero();
    },
    counts: () => countsOf([...entries]),
  };
}

function newEntry(key: string | null, payload: string): Entry {
  return { key, payload, failures: 0, state: 'delayed', timer: null, dueAt: 0, successor: null };
}

function countsOf(entries: readonly Entry[]): ReturnType<Lane['counts']> {
  const running = entries.filter(({ state }) => state === 'running').length;
  const successors = entries.filter(({ successor }) => successor !== null).length;
  return { waiting: entries.length - running + successors, running };
}

import { type Job as BullJob, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Job } from '../ports/job-queue.ts';
import type { Logger } from '../ports/logger.ts';
import { attemptJob } from './attempt-job.ts';
import { type QuietLog, reasonOf } from './quiet-log.ts';

export interface BullWorkerSettings {
  readonly lockDurationMs: number;
  readonly stalledIntervalMs: number;
  readonly maxStalledCount: number;
  readonly maxStartedAttempts: number;
  readonly keepCompleted: { readonly count: number };
  /** `age` in seconds. */
  readonly keepFailed: { readonly count: number; readonly age: number };
}

export interface BullWorkerOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly settings: BullWorkerSettings;
  readonly logger: Logger;
  readonly quiet: QuietLog;
  /** Milliseconds to wait after so many failures. */
  backoff(failures: number): number;
}

/** Runs one kind of work in this process. */
export interface BullWorker {
  /** Jobs that run in this process now. */
  running(): number;
  /** Begins nothing more and resolves when nothing runs and Redis knows what came of it. */
  finish(): Promise<void>;
}

/** How long no job is fetched after Redis refused something: asked at once again, it would be asked thousands of times a second. */
const REST_MS = 1_000;
/** How soon a worker asks again after it lost the connection. */
const RETRY_MS = 1_000;

/** What Redis keeps of a failure: the sentence is ours, as errors tell about people. Our log has the whole story. */
const FAILED = 'the job failed; the log of the process says why';

export function startBullWorker<Payload>(job: Job<Payload>, options: BullWorkerOptions): BullWorker {
  const { logger, quiet } = options;
  let running = 0;
  let closing = false;
  let resting: NodeJS.Timeout | null = null;

  async function work(task: BullJob, token?: string): Promise<void> {
    if (closing) {
      await task.moveToWait(token);
      throw new WaitingError();
    }
    running++;
    try {
      await attempt(job, task, logger);
    } finally {
      running--;
    }
  }

  function rest(): void {
    if (resting || closing) return;
    void worker.pause(true);
    resting = setTimeout(() => {
      resting = null;
      if (!closing) void worker.resume();
    }, REST_MS);
  }

  const worker = new Worker(job.name, work, bullOptions(job, options));
  worker.on('error', (error) => {
    quiet('warn', { job: job.name, reason: reasonOf(error) }, 'a worker has trouble with Redis');
    if (error.name === 'ReplyError') rest();
  });
  worker.on('failed', (_task, error) => {
    if (error.message !== FAILED) logger.error({ job: job.name, reason: reasonOf(error) }, 'a job was given up');
  });

  return {
    running: () => running,
    async finish() {
      closing = true;
      if (resting) clearTimeout(resting);
      await worker.close();
    },
  };
}

/** Runs a task once; throws the way BullMQ understands when it has to be tried again or given up. */
async function attempt<Payload>(job: Job<Payload>, task: BullJob, logger: Logger): Promise<void> {
  if (task.name !== job.name) {
    // Nothing is left of it, so nothing is kept of it either: what remained would stand in the way of its key.
    task.opts.removeOnFail = true;
    throw new UnrecoverableError('the job has lost its data in Redis');
  }
  const outcome = await attemptJob(job, JSON.stringify(task.data), task.attemptsMade, logger);
  if (outcome === 'retry') throw new Error(FAILED);
  if (outcome === 'given up') throw new UnrecoverableError(FAILED);
}

function bullOptions<Payload>({ concurrency = 1, attempts = 0 }: Job<Payload>, options: BullWorkerOptions) {
  const { redis, prefix, settings, backoff } = options;
  return {
    connection: redis,
    prefix,
    concurrency,
    lockDuration: settings.lockDurationMs,
    stalledInterval: settings.stalledIntervalMs,
    maxStalledCount: settings.maxStalledCount,
    maxStartedAttempts: Math.max(settings.maxStartedAttempts, attempts),
    runRetryDelay: RETRY_MS,
    removeOnComplete: settings.keepCompleted,
    removeOnFail: settings.keepFailed,
    settings: { backoffStrategy: backoff },
  };
}

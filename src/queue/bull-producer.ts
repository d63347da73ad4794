import { type Job as BullJob, type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { WorkRequest } from './outgoing.ts';
import { type QuietLog, reasonOf } from './quiet-log.ts';

export interface BullProducerOptions {
  readonly name: string;
  readonly attempts: number;
  readonly redis: Redis;
  readonly prefix: string;
  readonly quiet: QuietLog;
}

/** Hands one kind of work to Redis. */
export interface BullProducer {
  /** Throws when Redis has not taken it; sent again it is one job nevertheless. */
  send(request: WorkRequest): Promise<void>;
  counts(): Promise<{ readonly waiting: number; readonly running: number }>;
  close(): Promise<void>;
}

/** What happened lately, for whoever looks into Redis; nothing reads it. */
const EVENTS_KEPT = 1_000;

export function createBullProducer({ name, attempts, redis, prefix, quiet }: BullProducerOptions): BullProducer {
  const queue = new Queue(name, {
    connection: redis,
    prefix,
    // Otherwise a queue made while Redis is away stays unusable for ever.
    skipWaitingForReady: true,
    skipVersionCheck: true,
    streams: { events: { maxLen: EVENTS_KEPT } },
  });
  queue.on('error', (error) => quiet('warn', { job: name, reason: reasonOf(error) }, 'a queue has trouble with Redis'));

  async function send(request: WorkRequest): Promise<void> {
    const { id, key, dueAt, payload } = request;
    const data: unknown = JSON.parse(payload);
    const options: JobsOptions = {
      jobId: id,
      delay: Math.max(0, Math.round(dueAt - performance.now())),
      attempts,
      backoff: { type: 'full jitter' },
      stackTraceLimit: 0,
      ...(key !== null && { deduplication: { id: key, keepLastIfActive: true, replace: true } }),
    };
    const job = await queue.add(name, data, options);
    if (job.id === id) return;
    // One with this key waits or runs. BullMQ keeps the last word beside a running one only, so a waiting one is given it here;
    // should that one have begun meanwhile, asking again makes one more run with the last word, and otherwise nothing.
    if (!(await job.isActive())) await putInto(job, data);
    await queue.add(name, data, options);
  }

  return {
    send,
    async counts() {
      const { waiting = 0, delayed = 0, active = 0 } = await queue.getJobCounts('waiting', 'delayed', 'active');
      const successors = active > 0 ? await countSuccessors() : 0;
      return { waiting: waiting + delayed + successors, running: active };
    },
    close: () => queue.close(),
  };

  /** Jobs that were asked for while one of their key runs: they are no jobs of BullMQ's yet. */
  async function countSuccessors(): Promise<number> {
    const active: readonly (BullJob | undefined)[] = await queue.getActive();
    const keys = active.flatMap((job) => (job?.deduplicationId ? [queue.toKey(`dn:${job.deduplicationId}`)] : []));
    return keys.length === 0 ? 0 : redis.exists(...keys);
  }
}

async function putInto(job: BullJob, data: unknown): Promise<void> {
  try {
    await job.updateData(data);
  } catch (error) {
    // It has ended meanwhile.
    if (!(error instanceof Error && error.message.startsWith('Missing key'))) throw error;
  }
}

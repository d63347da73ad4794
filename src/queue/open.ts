import type { JobQueue } from '../ports/job-queue.ts';
import type { Logger } from '../ports/logger.ts';
import type { BullQueueOptions } from './bullmq.ts';
import { createInProcessQueue, type InProcessQueueOptions } from './in-process.ts';

export interface QueueOptions extends InProcessQueueOptions {
  readonly logger: Logger;
  /** Where processes share their work; null keeps it inside this one. */
  readonly redis: Pick<BullQueueOptions, 'url' | 'prefix'> | null;
}

/** Opens the process's job queue. Throws a sentence for the operator when the Redis it names must not be used. */
export async function openQueue({ redis, ...options }: QueueOptions): Promise<JobQueue> {
  if (redis === null) return createInProcessQueue(options);
  // Loaded by those who use it only: it takes longer than everything else together.
  const { openBullQueue } = await import('./bullmq.ts');
  return openBullQueue({ ...options, ...redis });
}

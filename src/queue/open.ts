import type { JobQueue } from '../ports/job-queue.ts';
import { createInProcessQueue, type InProcessQueueOptions } from './in-process.ts';

/** Opens the process's job queue. */
export function openQueue(options: InProcessQueueOptions): JobQueue {
  return createInProcessQueue(options);
}

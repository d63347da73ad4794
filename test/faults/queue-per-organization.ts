import type { Job, JobQueue } from '../../src/ports/job-queue.ts';

/** One queue to its process, and behind it one for each organization, so that others can be made to do an organization's work. */
export interface QueuePerOrganization extends JobQueue {
  /** From now on the organization's work goes to this queue, which is not started: somebody else does the work. */
  handOver(organizationId: string, queue: JobQueue): void;
  /** Does the work of the organization's queue here, too. */
  takeUp(organizationId: string): void;
}

export function createQueuePerOrganization(own: JobQueue): QueuePerOrganization {
  const others = new Map<string, JobQueue>();
  const jobs: ((queue: JobQueue) => void)[] = [];
  const queueOf = (payload: object): JobQueue =>
    others.get((payload as { readonly organizationId?: string }).organizationId ?? '') ?? own;
  return {
    ...own,
    register<Payload>(job: Job<Payload>) {
      jobs.push((queue) => queue.register(job));
      own.register(job);
    },
    enqueue: (name, payload, options) => queueOf(payload).enqueue(name, payload, options),
    async close(graceMs) {
      await Promise.all([own, ...others.values()].map((queue) => queue.close(graceMs)));
    },
    handOver(organizationId, queue) {
      for (const register of jobs) register(queue);
      others.set(organizationId, queue);
    },
    takeUp(organizationId) {
      others.get(organizationId)?.start();
    },
  };
}

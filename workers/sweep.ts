import type { Job, JobQueue } from '../src/ports/job-queue.ts';
import { SWEEP, type SweepDependencies, sweepPage } from '../src/services/sweep.ts';
import { idParser } from './id-parser.ts';

/** Re-resolves one page of an organization's people after a change of settings, and queues the next. */
export function sweepJob(deps: SweepDependencies, queue: JobQueue): Job<{ organizationId: string }> {
  return {
    name: SWEEP,
    concurrency: 2,
    parse: idParser(['organizationId']),
    async run({ organizationId }) {
      if (await sweepPage(deps, organizationId))
        await queue.enqueue(SWEEP, { organizationId }, { key: organizationId });
    },
  };
}

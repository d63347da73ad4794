import type { Job } from '../src/ports/job-queue.ts';
import { BULK, bulkStep } from '../src/services/bulk-step.ts';
import type { SyncDependencies } from '../src/services/sync-step.ts';
import { idParser } from './id-parser.ts';

/** Carries out one page of a bulk action, and queues the next: other organizations have their turn in between. */
export function bulkJob(deps: SyncDependencies): Job<{ organizationId: string; bulkId: string }> {
  return {
    name: BULK,
    concurrency: 2,
    parse: idParser(['organizationId', 'bulkId']),
    async run({ organizationId, bulkId }) {
      if (await bulkStep(deps, organizationId, bulkId))
        await deps.queue.enqueue(BULK, { organizationId, bulkId }, { key: bulkId });
    },
  };
}

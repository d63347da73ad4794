import type { Job } from '../src/ports/job-queue.ts';
import { IMPORT, importStep } from '../src/services/import-step.ts';
import type { SyncDependencies } from '../src/services/sync-step.ts';
import { idParser } from './id-parser.ts';

/** Reviews a CSV file or carries out one page of it, and queues the next step: other organizations have their turn in between. */
export function importJob(deps: SyncDependencies): Job<{ organizationId: string; importId: string }> {
  return {
    name: IMPORT,
    concurrency: 2,
    parse: idParser(['organizationId', 'importId']),
    async run({ organizationId, importId }) {
      if (await importStep(deps, organizationId, importId))
        await deps.queue.enqueue(IMPORT, { organizationId, importId }, { key: importId });
    },
  };
}

import type { Job } from '../src/ports/job-queue.ts';
import { SYNC_PAGE } from '../src/services/start-run.ts';
import { createStepGate } from '../src/services/step-gate.ts';
import { type SyncDependencies, syncStep } from '../src/services/sync-step.ts';
import { idParser } from './id-parser.ts';

/** Takes one step of a sync run, and queues the next. A crash repeats at most one step. */
export function syncPageJob(deps: SyncDependencies): Job<{ organizationId: string; runId: string }> {
  const gate = createStepGate();
  return {
    name: SYNC_PAGE,
    // Most of a step is waiting for a directory: one that hangs must not keep the others out.
    concurrency: 10,
    parse: idParser(['organizationId', 'runId']),
    run: ({ organizationId, runId }) => syncStep(deps, organizationId, runId, gate),
  };
}

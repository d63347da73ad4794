import type { Job } from '../src/ports/job-queue.ts';
import { SYNC_PAGE } from '../src/services/start-run.ts';
import { createStepGate } from '../src/services/step-gate.ts';
import { type SyncDependencies, syncStep } from '../src/services/sync-step.ts';
import { idParser } from './id-parser.ts';

/** Steps that wait for their directories without a place of the queue; more than these keep theirs. */
const MOST_ASIDE = 200;

export interface SyncPageJob extends Job<{ organizationId: string; runId: string }> {
  /** Resolves when no step goes on without a place of the queue. */
  idle(): Promise<void>;
}

/**
 * Takes one step of a sync run, and queues the next. A crash repeats at most one step.
 *
 * Most of a step is waiting for a directory. One that does not answer would hold a place of the queue for minutes, and ten such all
 * of them: the job ends then, and the step goes on by itself, under its lease. What becomes of it is in the store.
 */
export function syncPageJob(deps: SyncDependencies): SyncPageJob {
  const gate = createStepGate();
  const aside = new Set<Promise<void>>();

  function goOnAside(runId: string, step: Promise<void>): void {
    const ended = step
      .catch((error: unknown) =>
        deps.logger.warn({ runId, error }, 'a step of a run failed; the run is taken up again'),
      )
      .finally(() => aside.delete(ended));
    aside.add(ended);
  }

  return {
    name: SYNC_PAGE,
    concurrency: 10,
    parse: idParser(['organizationId', 'runId']),
    run: ({ organizationId, runId }) =>
      new Promise((resolve, reject) => {
        let isAside = false;
        const step = syncStep(deps, organizationId, runId, gate, () => {
          if (isAside || aside.size >= MOST_ASIDE) return;
          isAside = true;
          goOnAside(runId, step);
          resolve();
        });
        step.then(resolve, reject);
      }),
    async idle() {
      while (aside.size > 0) await Promise.all(aside);
    },
  };
}

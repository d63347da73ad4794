import type { DirectoryPerson } from '../core/directory-person.ts';
import type { Run } from '../core/run.ts';
import { applyPage } from './apply-page.ts';
import { withOutcome } from './run-progress.ts';
import type { SyncDependencies } from './sync-step.ts';

/** Applies a person whom the directory turned out to have after all, as if they had been listed. */
export async function applyFound(deps: SyncDependencies, run: Run, person: DirectoryPerson): Promise<Run> {
  const outcome = await applyPage(deps, run, [person], true);
  await deps.stores.runs.markPresent({ runId: run.id, epoch: run.epoch }, [person.externalId]);
  const next = withOutcome(run, outcome, { seen: 1 });
  await deps.stores.runs.checkpoint({ run: next, staged: outcome.staged });
  return next;
}

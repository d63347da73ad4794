import type { DirectoryPerson } from '../core/directory-person.ts';
import { isAppError } from '../core/errors.ts';
import type { Run, RunReason, StagedChange } from '../core/run.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import { timestamp } from '../ports/clock.ts';
import type { Directory } from '../ports/directory.ts';
import { forgetAbsences } from './absences.ts';
import { applyGone } from './apply-gone.ts';
import { applyPage } from './apply-page.ts';
import { closeSettledConflicts } from './close-settled-conflicts.ts';
import { addCounts, withOutcome, withReasons } from './run-progress.ts';
import type { SyncDependencies } from './sync-step.ts';

const BATCH = 200;

/**
 * Applies a batch of what the guard let through; the run is finished when none is left.
 *
 * A batch holds whole swaps only when they fit into it; an address that is freed by a later batch moves then, by its conflict.
 */
export async function applyStaged(
  deps: SyncDependencies,
  run: Run,
  _directory: Directory,
  options: SyncOptions,
): Promise<Run> {
  const batch = await deps.stores.runs.staged(run.id, null, BATCH);
  if (batch.length === 0) return finish(deps, run);
  const listed = batch.flatMap(({ person }) => (person === null ? [] : [JSON.parse(person) as DirectoryPerson]));
  const outcome = await applyPage(deps, run, listed, 'nothing', options.mapping);
  const failed = new Set(outcome.reasons.map(({ externalId }) => externalId));
  const inactive = batch.filter((change) => isDeparture(change) && !failed.has(change.externalId)).length;
  const gone = await applyAllGone(deps, run, batch);
  const applied = withOutcome(run, outcome, { removed: inactive, updated: -Math.min(inactive, outcome.updated) });
  const next = withReasons(
    { ...applied, counts: addCounts(applied.counts, { removed: gone.removed, failed: gone.reasons.length }) },
    gone.reasons,
  );
  await deps.stores.runs.checkpoint({ run: next });
  await forgetAbsences(
    deps,
    run,
    batch.filter(({ person }) => person === null).map(({ externalId }) => externalId),
  );
  await deps.stores.runs.unstage(
    { runId: run.id, epoch: run.epoch },
    batch.map(({ externalId }) => externalId),
  );
  return next;
}

const isDeparture = ({ harms, person }: StagedChange) => person !== null && harms.includes('inactive');

async function applyAllGone(
  deps: SyncDependencies,
  run: Run,
  batch: readonly StagedChange[],
): Promise<{ removed: number; reasons: readonly RunReason[] }> {
  let removed = 0;
  const reasons: RunReason[] = [];
  for (const change of batch) {
    const { externalId, userId, person } = change;
    if (person !== null || userId === null) continue;
    try {
      if (await applyGone(deps, run, userId, change)) removed++;
    } catch (error) {
      if (!isAppError(error, 'last_admin')) throw error;
      reasons.push({ externalId, userId, code: 'last_admin', message: error.message });
    }
  }
  return { removed, reasons };
}

async function finish(deps: SyncDependencies, run: Run): Promise<Run> {
  const finished: Run = { ...run, state: 'finished', finishedAt: timestamp(deps.clock) };
  // A delta does not meet those whose cause is still there.
  if (run.kind === 'full') await closeSettledConflicts(deps, finished);
  await deps.stores.runs.checkpoint({ run: finished, forget: true });
  return finished;
}

import type { Run, StagedChange } from '../core/run.ts';
import type { Directory } from '../ports/directory.ts';
import { applyFound } from './apply-found.ts';
import type { SyncDependencies } from './sync-step.ts';

/**
 * Asks about each of the people whom a delta said have left; whoever is there after all is taken back from the staged changes.
 *
 * A delta may bring the same person twice and in any order, so its word alone takes nobody away.
 */
export async function confirmRemoved(
  deps: SyncDependencies,
  run: Run,
  directory: Directory,
  removed: readonly StagedChange[],
): Promise<Run> {
  let current = run;
  for (const { externalId } of removed) {
    const found = await directory.find(externalId);
    if (found === 'gone') continue;
    await deps.stores.runs.unstage({ runId: run.id, epoch: run.epoch }, [externalId]);
    current = await applyFound(deps, current, found);
  }
  return current;
}

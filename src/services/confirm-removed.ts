import type { Run, StagedChange } from '../core/run.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import type { Directory } from '../ports/directory.ts';
import { applyFound } from './apply-found.ts';
import { MOST_POINT_CHECKS } from './stage-missing.ts';
import { stagedBatches } from './staged-rows.ts';
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
  options: SyncOptions,
): Promise<Run> {
  const removed: string[] = [];
  for await (const batch of stagedBatches(deps.stores, run.id)) {
    removed.push(...batch.filter(isGone).map(({ externalId }) => externalId));
    if (removed.length > MOST_POINT_CHECKS) return run;
  }
  let current = run;
  for (const externalId of removed) {
    const found = await directory.find(externalId);
    if (found === 'gone') continue;
    await deps.stores.runs.unstage({ runId: run.id, epoch: run.epoch }, [externalId]);
    current = await applyFound(deps, current, options, found);
  }
  return current;
}

const isGone = ({ person, harms }: StagedChange): boolean => person === null && !harms.includes('out_of_scope');

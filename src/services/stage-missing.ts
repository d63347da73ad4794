import type { Run, StagedChange } from '../core/run.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import type { Directory } from '../ports/directory.ts';
import type { SourceKey } from '../ports/user-store.ts';
import { sieve } from './absences.ts';
import { applyFound } from './apply-found.ts';
import { withReasons } from './run-progress.ts';
import type { SyncDependencies } from './sync-step.ts';

/** Missing people asked about one by one; above that the guard decides without (design §2.6). */
export const MOST_POINT_CHECKS = 200;
const BATCH = 500;

/**
 * Stages who is missing from a complete listing.
 *
 * Each of them is asked about first when there are at most 200 and the listing was not empty.
 */
export async function stageMissing(
  deps: SyncDependencies,
  run: Run,
  directory: Directory,
  options: SyncOptions,
): Promise<Run> {
  const { stores } = deps;
  const few = await stores.users.scanMissing(run.organizationId, run.source, run.id, null, MOST_POINT_CHECKS + 1);
  if (few.length <= MOST_POINT_CHECKS && run.counts.seen > 0) return askEach(deps, run, directory, options, few);
  let current = run;
  for (let after: string | null = null; ; ) {
    const batch: readonly SourceKey[] = await stores.users.scanMissing(
      run.organizationId,
      run.source,
      run.id,
      after,
      BATCH,
    );
    current = await stage(deps, current, options, batch);
    after = batch.at(-1)?.externalId ?? null;
    if (batch.length < BATCH || after === null) return current;
  }
}

async function askEach(
  deps: SyncDependencies,
  run: Run,
  directory: Directory,
  options: SyncOptions,
  missing: readonly SourceKey[],
): Promise<Run> {
  let current = run;
  const gone: SourceKey[] = [];
  for (const key of missing) {
    const found = await directory.find(key.externalId);
    if (found === 'gone') gone.push(key);
    else current = await applyFound(deps, current, options, found);
  }
  return stage(deps, current, options, gone);
}

async function stage(deps: SyncDependencies, run: Run, options: SyncOptions, gone: readonly SourceKey[]): Promise<Run> {
  const changes: readonly StagedChange[] = gone.map(({ externalId, userId, activity }) => ({
    externalId,
    userId,
    // Only whom the source last asserted active is taken away; who was inactive is not there to be missed.
    harms: activity === 'inactive' ? [] : (['gone'] as const),
    person: null,
  }));
  const { staged, reasons } = await sieve(deps, run, options, changes);
  const next = withReasons(run, reasons);
  await deps.stores.runs.checkpoint({ run: next, staged });
  return next;
}

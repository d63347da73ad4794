import type { Run } from '../core/run.ts';
import { EVERYBODY, groupsOf } from '../core/scope.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import type { Directory } from '../ports/directory.ts';
import { withGroupNotices } from './run-progress.ts';
import type { SyncDependencies } from './sync-step.ts';

/**
 * Reads a page of the members of one of the scope's groups; after the last one the listing begins.
 *
 * A group that cannot be read, or whose members are kept from us, ends the run: nobody may be taken for out of the scope because of
 * that.
 */
export async function readGroups(
  deps: SyncDependencies,
  run: Run,
  directory: Directory,
  { scope }: SyncOptions,
): Promise<Run> {
  const groups = groupsOf(scope);
  const { index, cursor } = run.grouping ?? { index: 0, cursor: null };
  const group = groups[index];
  if (group === undefined) {
    const listing: Run = { ...run, phase: 'listing' };
    await deps.stores.runs.checkpoint({ run: listing });
    return listing;
  }
  const page = await directory.readMembers(group, cursor);
  const place = page.next === null ? { index: index + 1, cursor: null } : { index, cursor: page.next };
  const noted = withGroupNotices(
    run,
    page.notices.map((words) => [group, words]),
  );
  const next: Run = { ...noted, grouping: place };
  const externalIds = page.everybody ? [...page.externalIds, EVERYBODY] : page.externalIds;
  await deps.stores.runs.checkpoint({ run: next, members: { group, externalIds } });
  return next;
}

import type { Run } from '../core/run.ts';
import { EVERYBODY } from '../core/scope.ts';
import { type Directory, DirectoryError } from '../ports/directory.ts';
import type { Dependencies } from './dependencies.ts';
import { withGroupNotices } from './run-progress.ts';
import type { SyncDependencies } from './sync-step.ts';

const AT_ONCE = 200;

/** What comes once it is known who is in groups that mappings name; also where a listing starts anew. */
export const phaseAfterMemberships = ({ grouping }: Run): Run['phase'] => (grouping ? 'grouping' : 'listing');

/** The run with the groups to read first: those of its directory that mappings name just now. A dry run changes nobody's access. */
export async function withMemberships({ stores }: Pick<Dependencies, 'stores'>, run: Run): Promise<Run> {
  if (run.dry) return run;
  const groups = new Set<string>();
  let cursor: string | null = null;
  do {
    const page = await stores.groupMappings.list(run.organizationId, cursor, AT_ONCE);
    for (const { group } of page.items) if (group.source === run.source) groups.add(group.id);
    cursor = page.next;
  } while (cursor !== null);
  if (groups.size === 0) return run;
  return { ...run, phase: 'memberships', mapped: { groups: [...groups], index: 0, cursor: null } };
}

/**
 * Reads a page of the members of one of the groups that mappings name; after its last page those, and no others, are in it.
 *
 * A group that cannot be read keeps the members it had, and the run says so and goes on: whom it lists does not hang on it.
 */
export async function readMemberships(deps: SyncDependencies, run: Run, directory: Directory): Promise<Run> {
  const { groups = [], index = 0, cursor = null } = run.mapped ?? {};
  const group = groups[index];
  const read = group === undefined ? null : await readPage(deps, run, directory, group, cursor);
  const place = read?.next ? { index, cursor: read.next } : { index: index + 1, cursor: null };
  const noted =
    group === undefined
      ? run
      : withGroupNotices(
          run,
          (read?.notices ?? []).map((words) => [group, words]),
        );
  const phase = place.index < groups.length ? 'memberships' : phaseAfterMemberships(run);
  const next: Run = { ...noted, phase, mapped: { groups, ...place } };
  await deps.stores.runs.checkpoint({ run: next });
  return next;
}

async function readPage(
  { stores }: SyncDependencies,
  { organizationId, source, id: runId }: Run,
  directory: Directory,
  group: string,
  cursor: string | null,
): Promise<{ readonly next: string | null; readonly notices: readonly string[] }> {
  const page = await directory.readMembers(group, cursor).catch(unreadable);
  if ('problem' in page) return { next: null, notices: [`${page.problem} Its members are as they were before.`] };
  const reading = { organizationId, source, group, runId };
  await stores.directoryGroups.addMembers(
    reading,
    page.everybody ? [...page.externalIds, EVERYBODY] : page.externalIds,
  );
  if (page.next === null) await stores.directoryGroups.complete(reading);
  return page;
}

/** What an admin must mend; everything else is tried again. */
function unreadable(error: unknown): { readonly problem: string } {
  if (error instanceof DirectoryError && error.failure === 'config') return { problem: error.message };
  throw error;
}

import type { DirectoryGroup, GroupReading } from '../core/directory-group.ts';
import type { Run } from '../core/run.ts';
import { EVERYBODY } from '../core/scope.ts';
import { type Directory, DirectoryError } from '../ports/directory.ts';
import type { Dependencies } from './dependencies.ts';
import { withGroupNotices } from './run-progress.ts';
import type { SyncDependencies } from './sync-step.ts';
import { tellDirectoryGroup } from './tell-group-changes.ts';

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
  deps: SyncDependencies,
  { organizationId, source, id: runId }: Run,
  directory: Directory,
  group: string,
  cursor: string | null,
): Promise<{ readonly next: string | null; readonly notices: readonly string[] }> {
  const { directoryGroups } = deps.stores;
  const page = await directory.readMembers(group, cursor).catch(unreadable);
  if ('problem' in page) return { next: null, notices: [`${page.problem} Its members are as they were before.`] };
  const reading = { organizationId, source, group, runId };
  await directoryGroups.addMembers(reading, page.everybody ? [...page.externalIds, EVERYBODY] : page.externalIds);
  if (page.next !== null) return page;
  const was = await membersOf(deps, reading);
  await directoryGroups.complete(reading);
  await tellMoves(deps, reading, was, await membersOf(deps, reading));
  return page;
}

type Members = ReadonlySet<string>;

/** Everybody in the group as it was last read wholly: no more than a run reads of it anyhow. */
async function membersOf({ stores }: SyncDependencies, group: DirectoryGroup): Promise<Members> {
  const members = new Set<string>();
  for (let after: string | null = null; ; ) {
    const keys: readonly string[] = (await stores.directoryGroups.members(group, after, AT_ONCE)) ?? [];
    for (const key of keys) members.add(key);
    after = keys.at(-1) ?? null;
    if (keys.length < AT_ONCE) return members;
  }
}

async function tellMoves(deps: SyncDependencies, reading: GroupReading, was: Members, is: Members): Promise<void> {
  const { organizationId, source, group: id, runId: mark } = reading;
  const joining = [...is].filter((key) => !was.has(key));
  const leaving = [...was].filter((key) => !is.has(key));
  const isEverybody = was.has(EVERYBODY) !== is.has(EVERYBODY);
  const change = {
    organizationId,
    group: { source, connectionId: null, id },
    mark,
    by: { kind: 'run', id: mark },
  } as const;
  await tellDirectoryGroup(deps, change, joining, leaving, isEverybody);
}

/** What an admin must mend; everything else is tried again. */
function unreadable(error: unknown): { readonly problem: string } {
  if (error instanceof DirectoryError && error.failure === 'config') return { problem: error.message };
  throw error;
}

import type { Run, RunReason } from '../core/run.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import { type Directory, DirectoryError, type DirectoryPage } from '../ports/directory.ts';
import { forgetAbsences, sieve } from './absences.ts';
import { applyPage, stagingOf } from './apply-page.ts';
import { withOutcome, withReasons } from './run-progress.ts';
import { sortPeople } from './sort-people.ts';
import { stageRemoved } from './stage-removed.ts';
import { hasMoved, readTarget } from './start-run.ts';
import type { SyncDependencies } from './sync-step.ts';

/**
 * Reads the page at the run's cursor and applies it; the cursor moves only after the page's effects are stored.
 *
 * What was switched off while the directory answered is not applied: the next step ends the run. Harmful changes are
 * staged, and so are those whom a page of changes says have left. Who is on the page is marked
 * present, whether or not their record could be used.
 */
export async function listPage(
  deps: SyncDependencies,
  run: Run,
  directory: Directory,
  options: SyncOptions,
): Promise<Run> {
  const page = await directory.readPage(run.cursor);
  const { organization, integration } = await readTarget(deps, run.organizationId, run.source);
  if (hasMoved(run, organization, integration)) return run;
  await checkTenant(deps, run, page, integration.tenant);
  checkLoop(run, page.next);
  const { leftOut = [] } = page;
  const sorted = await sortPeople(deps, run, options, page.people, leftOut);
  const outcome = await applyPage(deps, run, sorted.taken, stagingOf(run, options), options.mapping);
  const leaving = [...outcome.staged, ...sorted.leavers, ...(await stageRemoved(deps, run, page))];
  const { staged, reasons, waiting } = await sieve(deps, run, options, leaving);
  await forgetAbsences(deps, run, stayingOf(page, leaving));
  const counted = withOutcome(withReasons(run, [...malformed(page), ...sorted.reasons, ...reasons]), outcome, {
    pages: 1,
    seen: page.people.length + page.failed.length + leftOut.length,
    failed: page.failed.length,
  });
  const next: Run = {
    ...counted,
    // Who is named as removed on one page may be shown on the next.
    absences: run.absences || waiting,
    unidentified: run.unidentified || page.failed.some(({ externalId }) => externalId === null),
    cursor: page.next,
    checkpoint: page.checkpoint ?? null,
    loopMark: isPowerOfTwo(counted.counts.pages) ? page.next : run.loopMark,
    phase: page.next === null ? 'checking' : 'listing',
  };
  await deps.stores.runs.checkpoint({
    run: next,
    staged,
    presence: { page: next.counts.pages, externalIds: keysOf(page) },
  });
  return next;
}

const malformed = ({ failed }: DirectoryPage): readonly RunReason[] =>
  failed.map(({ externalId, message }) => ({ externalId, userId: null, code: 'malformed', message }));

function keysOf({ people, failed, leftOut = [] }: DirectoryPage): readonly string[] {
  const broken = failed.flatMap(({ externalId }) => (externalId === null ? [] : [externalId]));
  return [...[...people, ...leftOut.map(({ person }) => person)].map(({ externalId }) => externalId), ...broken];
}

/** Those on the page who are not about to leave. */
function stayingOf(page: DirectoryPage, leaving: readonly { readonly externalId: string }[]): readonly string[] {
  const left = new Set(leaving.map(({ externalId }) => externalId));
  return keysOf(page).filter((externalId) => !left.has(externalId));
}

/** One directory a connection, for good: another tenant's people must never be taken for ours. A dry run pins nothing. */
async function checkTenant(
  { stores }: SyncDependencies,
  run: Run,
  { people }: DirectoryPage,
  known: string | null,
): Promise<void> {
  const tenants = new Set<string>();
  for (const { tenant } of people) if (tenant !== null) tenants.add(tenant);
  for (const tenant of tenants) {
    const pinned = run.dry
      ? (known ?? tenant)
      : await stores.integrations.pinTenant(run.organizationId, run.source, tenant);
    if (pinned !== tenant)
      throw new DirectoryError(
        'config',
        'the directory now belongs to another tenant than the one connected; reconnect it to go on',
      );
  }
}

/** Pages that go round in a circle are found by meeting the cursor marked at the last power of two. */
function checkLoop({ cursor, loopMark }: Run, next: string | null): void {
  if (next !== null && (next === cursor || next === loopMark))
    throw new DirectoryError('retry', 'the directory repeats its pages');
}

const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0;

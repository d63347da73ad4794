import type { Run } from '../core/run.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import type { FoundPerson } from '../ports/directory.ts';
import { forgetAbsences, sieve } from './absences.ts';
import { applyPage, stagingOf } from './apply-page.ts';
import { withOutcome, withReasons } from './run-progress.ts';
import { sortPeople } from './sort-people.ts';
import type { SyncDependencies } from './sync-step.ts';

/** Applies a person whom the directory turned out to have after all, as if they had been listed. */
export async function applyFound(
  deps: SyncDependencies,
  run: Run,
  options: SyncOptions,
  { person, leftOut }: FoundPerson,
): Promise<Run> {
  const people = leftOut ? [] : [person];
  const sorted = await sortPeople(deps, run, options, people, leftOut ? [{ person, ...leftOut }] : []);
  const outcome = await applyPage(deps, run, sorted.taken, stagingOf(run, options), options.mapping);
  await deps.stores.runs.markPresent({ runId: run.id, epoch: run.epoch }, [person.externalId]);
  const leaving = [...outcome.staged, ...sorted.leavers];
  const { staged, reasons } = await sieve(deps, run, options, leaving);
  if (leaving.length === 0) await forgetAbsences(deps, run, [person.externalId]);
  const next = withOutcome(withReasons(run, [...sorted.reasons, ...reasons]), outcome, { seen: 1 });
  await deps.stores.runs.checkpoint({ run: next, staged });
  return next;
}

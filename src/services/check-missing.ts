import type { Run } from '../core/run.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import { timestamp } from '../ports/clock.ts';
import type { Directory } from '../ports/directory.ts';
import { REMOVALS } from './absences.ts';
import { confirmRemoved } from './confirm-removed.ts';
import { dropSettledAbsences, stageDue } from './due-absences.ts';
import { holdRun, isApproved, planLifeEnd, readPlan } from './hold-run.ts';
import { noteStrangers } from './note-strangers.ts';
import { withReasons } from './run-progress.ts';
import { stageMissing } from './stage-missing.ts';
import { stagedBatches } from './staged-rows.ts';
import type { SyncDependencies } from './sync-step.ts';
import { type Weighed, weighRun } from './weigh-run.ts';

/**
 * Ends a complete listing: stages who is missing, or looks again at whom a delta said have left, weighs all that would harm, and lets
 * it through or holds it as a plan. After a record without its key nobody is taken for missing.
 *
 * What an approval was given for, and nothing else, is let through although the guard says no. A dry run ends here.
 */
export async function checkMissing(
  deps: SyncDependencies,
  run: Run,
  directory: Directory,
  options: SyncOptions,
): Promise<Run> {
  await dropSettledAbsences(deps, run);
  const noted = await noteStrangers(deps, run, options);
  const checked = await LEAVERS[run.kind](deps, noted, directory, options);
  const weighed = await weighRun(deps, checked, options);
  if (run.dry) return endDry(deps, checked, weighed);
  if (weighed.verdict.length === 0 || weighed.total === 0) return toApplying(deps, checked);
  const plan = await readPlan(deps, run);
  if (!isApproved(plan, weighed, run)) return holdRun(deps, checked, weighed);
  const left = plan.removals ? checked : await withoutRemovals(deps, checked);
  return toApplying(deps, { ...left, approvedPlan: plan.number });
}

type Leavers = (deps: SyncDependencies, run: Run, directory: Directory, options: SyncOptions) => Promise<Run>;

/** Who leaves by a run: whoever a full listing lacks, or whoever a delta names and whose absence is due. */
const LEAVERS: { readonly [kind in Run['kind']]: Leavers } = {
  full: async (deps, run, directory, options) => (run.unidentified ? run : stageMissing(deps, run, directory, options)),
  delta: async (deps, run, directory, options) =>
    confirmRemoved(deps, await stageDue(deps, run, options), directory, options),
};

async function toApplying(deps: SyncDependencies, run: Run): Promise<Run> {
  const next: Run = { ...run, phase: 'applying' };
  await deps.stores.runs.checkpoint({ run: next });
  return next;
}

async function endDry(
  deps: SyncDependencies,
  run: Run,
  { verdict, digest, total, counts, whole }: Weighed,
): Promise<Run> {
  const reasons = verdict.map(({ code, message }) => ({ externalId: null, userId: null, code, message }));
  const plan = { number: null, digest, total, counts, whole, expiresAt: planLifeEnd(deps) };
  const ended: Run = { ...withReasons(run, reasons), plan, state: 'finished', finishedAt: timestamp(deps.clock) };
  await deps.stores.runs.checkpoint({ run: ended });
  return ended;
}

/** Takes out of the run what was approved without: those people stay as they are. */
async function withoutRemovals(deps: SyncDependencies, run: Run): Promise<Run> {
  const fence = { runId: run.id, epoch: run.epoch };
  let left = 0;
  for await (const batch of stagedBatches(deps.stores, run.id)) {
    const removals = batch.filter(({ harms }) => harms.some((harm) => REMOVALS.has(harm)));
    if (removals.length === 0) continue;
    left += removals.length;
    await deps.stores.runs.unstage(
      fence,
      removals.map(({ externalId }) => externalId),
    );
  }
  const message = `${left} removals were left out, as the approval said`;
  return withReasons(run, [{ externalId: null, userId: null, code: 'removals_left_out', message }]);
}

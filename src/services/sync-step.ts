import { AppError, isAppError } from '../core/errors.ts';
import type { Run, RunReason } from '../core/run.ts';
import { optionsOfRun, type SyncOptions } from '../core/sync-options.ts';
import { timestamp } from '../ports/clock.ts';
import { type Directory, DirectoryError } from '../ports/directory.ts';
import type { Fence } from '../ports/user-store.ts';
import { applyStaged } from './apply-staged.ts';
import { checkMissing } from './check-missing.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { listPage } from './list-page.ts';
import { noteOutcome } from './note-outcome.ts';
import { openDirectory } from './open-directory.ts';
import { patientDirectory } from './patient-directory.ts';
import { readGroups } from './read-groups.ts';
import { phaseAfterMemberships, readMemberships } from './read-memberships.ts';
import { withReasons } from './run-progress.ts';
import { enqueueRun, hasMoved, readTarget, startRun, waitOf } from './start-run.ts';
import { createStepGate, type StepGate, type StepPlace } from './step-gate.ts';

export type SyncDependencies = Dependencies & WriteDependencies;

/** One step of a run: reads a page, asks about the missing, or applies a batch of what was staged. Returns the run as stored. */
export type Step = (deps: SyncDependencies, run: Run, directory: Directory, options: SyncOptions) => Promise<Run>;

const STEPS: Readonly<Record<Run['phase'], Step>> = {
  memberships: readMemberships,
  grouping: readGroups,
  listing: listPage,
  checking: checkMissing,
  applying: applyStaged,
};

/** Failed tries in a row after which a run is given up. */
const MOST_ATTEMPTS = 5;
/** Workers that may die over one step before the run is taken for what kills them. */
const MOST_STARTS = 3;

/**
 * Takes the next step of a run under its lease, and queues the one after it until the run has ended.
 *
 * A crash repeats at most one step, and a repeated step changes nothing. A run whose settings or integration moved ends
 * `superseded`, without removals. Trouble that passes is tried again with growing delay, trouble that needs an admin ends the run.
 * `onAside` is told when the step waits for a directory that is slow to answer.
 */
export async function syncStep(
  deps: SyncDependencies,
  organizationId: string,
  runId: string,
  gate: StepGate = createStepGate(),
  onAside?: () => void,
): Promise<void> {
  const stored = await deps.stores.runs.get(organizationId, runId);
  if (!stored || hasEnded(stored)) return;
  // Before the lease is taken, as whoever waits here must not be counted as having died over it.
  const terms = { alone: stored.starts > 1, ...(onAside ? { onAside } : {}) };
  const next = await gate.pass(terms, (place) => takeStep(deps, organizationId, runId, place));
  if (!next) return;
  if (hasEnded(next)) await noteOutcome(deps, next);
  else await enqueueRun(deps, next);
}

/** The run after its step; null when another worker has it. */
async function takeStep(
  deps: SyncDependencies,
  organizationId: string,
  runId: string,
  place: StepPlace,
): Promise<Run | null> {
  // A name for this step alone: a second job for the same run finds the lease taken, whoever runs it.
  const owner = deps.identifiers.next();
  const run = await deps.stores.runs.acquire(organizationId, runId, owner, deps.tuning.leaseMs);
  return run && underLease(deps, run, owner, place);
}

/** The run after its step; null when another worker took it over meanwhile. */
async function underLease(deps: SyncDependencies, run: Run, owner: string, place: StepPlace): Promise<Run | null> {
  const { runs } = deps.stores;
  const fence = { runId: run.id, epoch: run.epoch };
  const heartbeat = setInterval(() => void renew(deps, fence, owner), deps.tuning.leaseMs / 3);
  const { state, phase, epoch, starts } = run;
  deps.logger.debug({ runId: run.id, state, phase, epoch, starts }, 'a step of a run begins');
  try {
    if (hasEnded(run) || waitOf(deps, run) > 0) return run;
    if (run.starts > MOST_STARTS) return await park(deps, run);
    return await guardedStep(deps, run, place);
  } catch (error) {
    if (!isAppError(error, 'superseded')) throw error;
    deps.logger.warn({ runId: run.id, epoch: run.epoch }, 'the lease of a run went to another worker');
    return null;
  } finally {
    clearInterval(heartbeat);
    await runs.release(fence, owner);
  }
}

export const hasEnded = (run: Run): boolean => run.state !== 'queued' && run.state !== 'running';

async function guardedStep(deps: SyncDependencies, run: Run, place: StepPlace): Promise<Run> {
  try {
    const { organization, integration } = await readTarget(deps, run.organizationId, run.source);
    if (hasMoved(run, organization, integration))
      return await supersede(deps, run, organization.settings[run.source].syncUsers && !run.dry);
    const directory = patientDirectory(openDirectory(deps, integration), place);
    const begun = run.state === 'queued' ? await begin(deps, run) : run;
    const next = await STEPS[begun.phase](deps, begun, directory, optionsOfRun(run, integration));
    return next.attempts === 0 ? next : await store(deps, { ...next, attempts: 0, notBefore: null });
  } catch (error) {
    // The store's own trouble is nothing the run has tried: the job is, again, when the store is back.
    if (isAppError(error, 'superseded', 'unavailable')) throw error;
    return afterFailure(deps, run, error);
  }
}

async function begin(deps: SyncDependencies, run: Run): Promise<Run> {
  const { users, removals } = deps.stores;
  const activeBefore = await users.countActive(run.organizationId, run.source);
  const absences = (await removals.count(run.organizationId, run.source)) > 0;
  return store(deps, { ...run, state: 'running', activeBefore, absences, startedAt: timestamp(deps.clock) });
}

async function store(deps: SyncDependencies, run: Run): Promise<Run> {
  await deps.stores.runs.checkpoint({ run });
  return run;
}

async function supersede(deps: SyncDependencies, run: Run, goesOn: boolean): Promise<Run> {
  const reason = {
    externalId: null,
    userId: null,
    code: 'superseded',
    message: 'settings or credentials changed meanwhile',
  };
  const ended = await end(deps, run, 'superseded', [reason]);
  if (goesOn) await startRun(deps, run.organizationId, run.source, 'settings');
  return ended;
}

/** What killed so many workers would kill the next as well: other runs shall go on. */
async function park(deps: SyncDependencies, run: Run): Promise<Run> {
  const message = `the process that worked on this run ended ${MOST_STARTS} times in a row at the same place; the log says why`;
  deps.logger.error({ runId: run.id, starts: run.starts }, 'a run was given up: its workers kept dying');
  return end(deps, run, 'failed', [{ externalId: null, userId: null, code: 'crashed', message }]);
}

async function end(deps: SyncDependencies, run: Run, state: Run['state'], reasons: readonly RunReason[]): Promise<Run> {
  const ended = { ...withReasons(run, reasons), state, finishedAt: timestamp(deps.clock) };
  await deps.stores.runs.checkpoint({ run: ended, forget: true });
  return ended;
}

async function afterFailure(deps: SyncDependencies, run: Run, error: unknown): Promise<Run> {
  const stored = await deps.stores.runs.get(run.organizationId, run.id);
  // Under the epoch of this step: what another worker has taken over meanwhile is no longer ours to write.
  const current: Run = { ...(stored ?? run), epoch: run.epoch };
  const failure = error instanceof DirectoryError ? error.failure : 'retry';
  const message = isExpected(error) ? (error as Error).message : 'an internal error; its details are in the log';
  deps.logger.warn({ runId: run.id, failure, error }, 'a step of a run failed');
  if (failure === 'reset' && current.resets === 0) return restart(deps, current);
  const asked = error instanceof DirectoryError ? error.retryAfterMs : null;
  if (failure === 'retry' && asked !== null) return store(deps, { ...current, notBefore: inMs(deps, asked) });
  const attempts = current.attempts + 1;
  if (failure === 'retry' && attempts < MOST_ATTEMPTS)
    return store(deps, { ...current, attempts, notBefore: inMs(deps, deps.tuning.retryBaseMs * 2 ** (attempts - 1)) });
  return end(deps, { ...current, attempts }, 'failed', [{ externalId: null, userId: null, code: failure, message }]);
}

const isExpected = (error: unknown) => error instanceof DirectoryError || error instanceof AppError;

/** The page token, or the checkpoint of a delta, no longer counts: everybody is listed from the start, once, and nobody is taken for missing by the part already read. */
async function restart(deps: SyncDependencies, run: Run): Promise<Run> {
  const counts = { ...run.counts, pages: 0, seen: 0, unchanged: 0, failed: 0 };
  const start = { kind: 'full', cursor: null, baseline: null, checkpoint: null } as const;
  const anew = {
    ...start,
    loopMark: null,
    phase: phaseAfterMemberships(run),
    unidentified: false,
    counts,
    reasons: [],
  } as const;
  const grouping = run.grouping ? { grouping: { index: 0, cursor: null } } : {};
  const restarted: Run = { ...run, ...anew, ...grouping, resets: run.resets + 1 };
  await deps.stores.runs.checkpoint({ run: restarted, forget: true });
  return restarted;
}

const inMs = ({ clock }: SyncDependencies, ms: number): string => new Date(clock.now() + ms).toISOString();

async function renew({ stores, tuning, logger }: SyncDependencies, fence: Fence, owner: string): Promise<void> {
  try {
    await stores.runs.renew(fence, owner, tuning.leaseMs);
  } catch (error) {
    logger.warn({ runId: fence.runId, error }, 'the lease of a run could not be renewed');
  }
}

import { AppError, isAppError } from '../core/errors.ts';
import type { Run, RunReason } from '../core/run.ts';
import { timestamp } from '../ports/clock.ts';
import { type Directory, DirectoryError } from '../ports/directory.ts';
import type { Fence } from '../ports/user-store.ts';
import { applyStaged } from './apply-staged.ts';
import { checkMissing } from './check-missing.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { listPage } from './list-page.ts';
import { openDirectory } from './open-directory.ts';
import { withReasons } from './run-progress.ts';
import { enqueueRun, hasMoved, readTarget, startRun } from './start-run.ts';

export type SyncDependencies = Dependencies & WriteDependencies;

/** One step of a run: reads a page, asks about the missing, or applies a batch of what was staged. Returns the run as stored. */
export type Step = (deps: SyncDependencies, run: Run, directory: Directory) => Promise<Run>;

const STEPS: Readonly<Record<Run['phase'], Step>> = {
  listing: listPage,
  checking: checkMissing,
  applying: applyStaged,
};

/** Failed tries in a row after which a run is given up. */
const MOST_ATTEMPTS = 5;

/**
 * Takes the next step of a run under its lease, and queues the one after it until the run has ended.
 *
 * A crash repeats at most one step, and a repeated step changes nothing. A run whose settings or integration moved ends
 * `superseded`, without removals. Trouble that passes is tried again with growing delay, trouble that needs an admin ends the run.
 */
export async function syncStep(deps: SyncDependencies, organizationId: string, runId: string): Promise<void> {
  const { runs } = deps.stores;
  const run = await runs.acquire(organizationId, runId, deps.instance, deps.tuning.leaseMs);
  if (!run || hasEnded(run)) return;
  const fence = { runId, epoch: run.epoch };
  const heartbeat = setInterval(() => void renew(deps, fence), deps.tuning.leaseMs / 3);
  try {
    const next = await guardedStep(deps, run);
    if (!hasEnded(next)) await enqueueRun(deps, next);
  } catch (error) {
    if (!isAppError(error, 'superseded')) throw error;
    deps.logger.warn({ runId, epoch: run.epoch }, 'the lease of a run went to another worker');
  } finally {
    clearInterval(heartbeat);
    await runs.release(fence, deps.instance);
  }
}

export const hasEnded = (run: Run): boolean => run.state !== 'queued' && run.state !== 'running';

async function guardedStep(deps: SyncDependencies, run: Run): Promise<Run> {
  try {
    const { organization, integration } = await readTarget(deps, run.organizationId, run.source);
    if (hasMoved(run, organization, integration))
      return await supersede(deps, run, organization.settings[run.source].syncUsers);
    const directory = openDirectory(deps, integration);
    const begun = run.state === 'queued' ? await begin(deps, run) : run;
    const next = await STEPS[begun.phase](deps, begun, directory);
    return next.attempts === 0 ? next : await store(deps, { ...next, attempts: 0, notBefore: null });
  } catch (error) {
    if (isAppError(error, 'superseded')) throw error;
    return afterFailure(deps, run, error);
  }
}

async function begin(deps: SyncDependencies, run: Run): Promise<Run> {
  const activeBefore = await deps.stores.users.countActive(run.organizationId, run.source);
  return store(deps, { ...run, state: 'running', activeBefore, startedAt: timestamp(deps.clock) });
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

async function end(deps: SyncDependencies, run: Run, state: Run['state'], reasons: readonly RunReason[]): Promise<Run> {
  const ended = { ...withReasons(run, reasons), state, finishedAt: timestamp(deps.clock) };
  await deps.stores.runs.checkpoint({ run: ended, forget: true });
  return ended;
}

async function afterFailure(deps: SyncDependencies, run: Run, error: unknown): Promise<Run> {
  const current = (await deps.stores.runs.get(run.organizationId, run.id)) ?? run;
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

/** The page token no longer counts: the listing starts anew, once, and nobody is taken for missing by the part already read. */
async function restart(deps: SyncDependencies, run: Run): Promise<Run> {
  const counts = { ...run.counts, pages: 0, seen: 0, unchanged: 0, failed: 0 };
  const anew = { cursor: null, loopMark: null, phase: 'listing', unidentified: false, counts, reasons: [] } as const;
  const restarted: Run = { ...run, ...anew, resets: run.resets + 1 };
  await deps.stores.runs.checkpoint({ run: restarted, forget: true });
  return restarted;
}

const inMs = ({ clock }: SyncDependencies, ms: number): string => new Date(clock.now() + ms).toISOString();

async function renew({ stores, instance, tuning, logger }: SyncDependencies, fence: Fence): Promise<void> {
  try {
    await stores.runs.renew(fence, instance, tuning.leaseMs);
  } catch (error) {
    logger.warn({ runId: fence.runId, error }, 'the lease of a run could not be renewed');
  }
}

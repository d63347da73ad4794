import type { Run } from '../core/run.ts';
import type { SyncState, SyncTrouble } from '../core/sync-state.ts';
import { isQuarantined, troubleAfter } from '../core/trouble.ts';
import { shownTrouble, writeDue } from './due-times.ts';
import { raiseSyncAlert } from './sync-alerts.ts';
import { type Announce, changeSyncState } from './sync-states.ts';
import type { SyncDependencies } from './sync-step.ts';

/**
 * Notes what became of a run in the state of its integration: a run that ended well heals it, one that failed puts the next one off.
 *
 * Dry runs and runs that were overtaken say nothing, but that the next one may start. Told of twice, it counts once.
 */
export async function noteOutcome(deps: SyncDependencies, run: Run): Promise<void> {
  if (healsBy(run)) await heal(deps, run);
  else if (countsAsFailed(run)) await suffer(deps, run);
  await writeDue(deps, run.organizationId, run.source);
  await forgetOldRuns(deps, run);
}

/** Notes the end of the last run if whoever ended it died before; true when it did. */
export async function noteForgotten(deps: SyncDependencies, run: Run): Promise<boolean> {
  if (!healsBy(run) && !countsAsFailed(run)) return false;
  if (isNoted(await deps.stores.syncStates.get(run.organizationId, run.source), run)) return false;
  await noteOutcome(deps, run);
  return true;
}

const healsBy = ({ dry, state }: Run): boolean => !dry && (state === 'finished' || state === 'held');
const countsAsFailed = ({ dry, state }: Run): boolean => !dry && state === 'failed';

const KEPT_MS = 30 * 24 * 3_600_000;
const KEPT_NEWEST = 200;
const FORGOTTEN_AT_ONCE = 50;

/** A delta every quarter of an hour makes 35,000 runs a year: what is old goes as new ones come. */
async function forgetOldRuns({ stores, clock }: SyncDependencies, { organizationId, source }: Run): Promise<void> {
  const { plan } = await stores.syncStates.get(organizationId, source);
  const before = new Date(clock.now() - KEPT_MS).toISOString();
  const keep = { before, newest: KEPT_NEWEST, runId: plan?.runId ?? null };
  await stores.runs.prune(organizationId, source, keep, FORGOTTEN_AT_ONCE);
}

async function heal(deps: SyncDependencies, run: Run): Promise<void> {
  const at = run.finishedAt;
  await changeUnnoted(
    deps,
    run,
    (state) => ({
      lastOkAt: at,
      lastFullAt: run.kind === 'full' ? at : state.lastFullAt,
      trouble: null,
      plan: run.state === 'held' ? state.plan : settledPlan(state, run),
    }),
    async ({ trouble }) => {
      if (!isQuarantined(trouble)) return;
      const { since, failures } = trouble;
      await raiseSyncAlert(deps, run, {
        type: 'alert.sync_recovered',
        id: `recovered:${since}`,
        changes: { since: [since, null], failures: [failures, 0] },
        message: 'a sync works again',
      });
    },
  );
}

/** Nothing waits any more: it was done, or the directory no longer proposes it. */
function settledPlan({ plan }: SyncState, { approvedPlan }: Run): SyncState['plan'] {
  if (!plan || plan.state === 'applied' || plan.state === 'void') return plan;
  return { ...plan, state: plan.number === approvedPlan ? 'applied' : 'void' };
}

async function suffer(deps: SyncDependencies, run: Run): Promise<void> {
  const failure = failureOf(run);
  await changeUnnoted(
    deps,
    run,
    ({ trouble }) => ({ trouble: troubleAfter(trouble, failure, deps.clock.now()) }),
    (before, after) => raiseTrouble(deps, run, before.trouble, after.trouble),
  );
}

async function raiseTrouble(
  deps: SyncDependencies,
  run: Run,
  before: SyncTrouble | null,
  trouble: SyncTrouble | null,
): Promise<void> {
  if (!isQuarantined(trouble)) return;
  const { since, nextAttemptAt } = await shown(deps, run, trouble);
  const changes = { cause: [null, trouble.message], nextAttemptAt: [null, nextAttemptAt] } as const;
  if (!isQuarantined(before))
    await raiseSyncAlert(deps, run, {
      type: 'alert.sync_quarantined',
      id: `quarantined:${run.id}`,
      changes,
      message: 'a sync fails and is put off',
    });
  if (nextAttemptAt === null)
    await raiseSyncAlert(deps, run, {
      type: 'alert.sync_off',
      id: `off:${since}`,
      changes,
      message: 'a sync has failed for four weeks and is switched off',
    });
}

/** A run may be told of twice, and late: its end counts once. */
function changeUnnoted(
  deps: SyncDependencies,
  run: Run,
  change: (state: SyncState) => Partial<SyncState>,
  announce: Announce,
) {
  const noted = (state: SyncState) => ({ ...state, lastRunId: run.id, ...change(state) });
  return changeSyncState(deps, run, (state) => (isNoted(state, run) ? state : noted(state)), announce);
}

const isNoted = ({ lastRunId }: SyncState, run: Run): boolean => lastRunId !== null && lastRunId >= run.id;

function failureOf({ reasons }: Run): Pick<SyncTrouble, 'cause' | 'message'> {
  const overall = reasons.find(({ externalId, code }) => externalId === null && CAUSES.has(code));
  const cause = (overall?.code === 'reset' ? 'retry' : (overall?.code ?? 'retry')) as SyncTrouble['cause'];
  return { cause, message: overall?.message ?? 'the run failed' };
}

const CAUSES: ReadonlySet<string> = new Set(['config', 'retry', 'reset', 'crashed']);

async function shown(deps: SyncDependencies, run: Run, trouble: SyncTrouble): Promise<SyncTrouble> {
  const integration = await deps.stores.integrations.get(run.organizationId, run.source);
  return integration ? shownTrouble(deps, integration, trouble) : trouble;
}

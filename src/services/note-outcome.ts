import type { Run } from '../core/run.ts';
import type { SyncState, SyncTrouble } from '../core/sync-state.ts';
import { isQuarantined, troubleAfter } from '../core/trouble.ts';
import { raiseSyncAlert } from './sync-alerts.ts';
import { changeSyncState } from './sync-states.ts';
import type { SyncDependencies } from './sync-step.ts';

/**
 * Notes what became of a run in the state of its integration: a run that ended well heals it, one that failed puts the next one off.
 *
 * Dry runs and runs that were overtaken say nothing.
 */
export async function noteOutcome(deps: SyncDependencies, run: Run): Promise<void> {
  await forgetOldRuns(deps, run);
  if (run.dry) return;
  if (run.state === 'finished' || run.state === 'held') return heal(deps, run);
  if (run.state === 'failed') return suffer(deps, run);
}

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
  const { before, after } = await changeUnnoted(deps, run, (state) => ({
    ...state,
    lastRunId: run.id,
    lastOkAt: at,
    lastFullAt: run.kind === 'full' ? at : state.lastFullAt,
    trouble: null,
    plan: run.state === 'held' ? state.plan : settledPlan(state, run),
  }));
  if (before === after || !isQuarantined(before.trouble)) return;
  const { since, failures } = before.trouble;
  await raiseSyncAlert(deps, run, {
    type: 'alert.sync_recovered',
    id: `recovered:${since}`,
    changes: { since: [since, null], failures: [failures, 0] },
    message: 'a sync works again',
  });
  await reschedule(deps, run, null);
}

/** Nothing waits any more: it was done, or the directory no longer proposes it. */
function settledPlan({ plan }: SyncState, { approvedPlan }: Run): SyncState['plan'] {
  if (!plan || plan.state === 'applied' || plan.state === 'void') return plan;
  return { ...plan, state: plan.number === approvedPlan ? 'applied' : 'void' };
}

async function suffer(deps: SyncDependencies, run: Run): Promise<void> {
  const failure = failureOf(run);
  const { before, after } = await changeUnnoted(deps, run, (state) => ({
    ...state,
    lastRunId: run.id,
    trouble: troubleAfter(state.trouble, failure, deps.clock.now()),
  }));
  const { trouble } = after;
  if (before === after || !isQuarantined(trouble)) return;
  const { since, nextAttemptAt } = trouble;
  const changes = { cause: [null, trouble.message], nextAttemptAt: [null, nextAttemptAt] } as const;
  if (!isQuarantined(before.trouble))
    await raiseSyncAlert(deps, run, {
      type: 'alert.sync_quarantined',
      id: `quarantined:${since}`,
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
  await reschedule(deps, run, trouble);
}

/** A run may be told of twice, and late: its end counts once. */
function changeUnnoted(deps: SyncDependencies, run: Run, change: (state: SyncState) => SyncState) {
  const isNoted = ({ lastRunId }: SyncState) => lastRunId !== null && lastRunId >= run.id;
  return changeSyncState(deps, run, (state) => (isNoted(state) ? state : change(state)));
}

function failureOf({ reasons }: Run): Pick<SyncTrouble, 'cause' | 'message'> {
  const overall = reasons.find(({ externalId, code }) => externalId === null && CAUSES.has(code));
  const cause = (overall?.code === 'reset' ? 'retry' : (overall?.code ?? 'retry')) as SyncTrouble['cause'];
  return { cause, message: overall?.message ?? 'the run failed' };
}

const CAUSES: ReadonlySet<string> = new Set(['config', 'retry', 'reset', 'crashed']);

async function reschedule(deps: SyncDependencies, run: Run, trouble: SyncTrouble | null): Promise<void> {
  const { integrations } = deps.stores;
  const integration = await integrations.get(run.organizationId, run.source);
  if (!integration) return;
  const to = trouble ? trouble.nextAttemptAt : deps.nextDue(integration);
  // Whoever asked for one more run meanwhile gets it.
  if (integration.nextDueAt === null || Date.parse(integration.nextDueAt) > deps.clock.now())
    await integrations.claimDue(run.organizationId, run.source, integration.nextDueAt, to);
}

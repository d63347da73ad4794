import { planExpiry, planFor } from '../core/plan.ts';
import type { Run, RunReason } from '../core/run.ts';
import type { HeldPlan } from '../core/sync-state.ts';
import { timestamp } from '../ports/clock.ts';
import { addCounts, withReasons } from './run-progress.ts';
import { raiseSyncAlert } from './sync-alerts.ts';
import { changeSyncState } from './sync-states.ts';
import type { SyncDependencies } from './sync-step.ts';
import type { Weighed } from './weigh-run.ts';

export const planLifeEnd = ({ clock }: SyncDependencies): string => planExpiry(clock.now());

/** The newest plan of a run's integration. */
export async function readPlan({ stores }: SyncDependencies, run: Run): Promise<HeldPlan | null> {
  return (await stores.syncStates.get(run.organizationId, run.source)).plan;
}

/** Whether somebody said yes to exactly this, in time. */
export function isApproved(plan: HeldPlan | null, { digest }: Weighed, run: Run): plan is HeldPlan {
  return plan?.state === 'approved' && plan.digest === digest && run.createdAt <= plan.expiresAt;
}

/** Ends a run whose changes an admin must look at: they stay staged, as a numbered plan. */
export async function holdRun(deps: SyncDependencies, run: Run, weighed: Weighed): Promise<Run> {
  const { digest, total, counts, whole, harmful, verdict } = weighed;
  const proposal = { digest, total, runId: run.id, isAsked: run.trigger === 'operator' };
  const after = await changeSyncState(deps, run, (state) => ({
    ...state,
    plan: planFor(state.plan, proposal, deps.clock.now()),
  }));
  const plan = after.plan as HeldPlan;
  // Said again by every run that proposes the same: the one who made the plan may have died before it said so.
  await raiseSyncAlert(deps, run, {
    type: 'alert.plan_held',
    id: `plan:${plan.number}`,
    changes: { plan: [null, plan.number], total: [null, total] },
    message: 'a run would take too much away and is held',
  });
  const overall: RunReason[] = verdict.map(({ code, message }) => ({ externalId: null, userId: null, code, message }));
  const named: RunReason[] = harmful.map(({ externalId, userId, harms }) => ({
    externalId,
    userId,
    code: 'held',
    message: `held: ${harms.join(', ')}`,
  }));
  const { number, expiresAt } = plan;
  const held: Run = {
    ...withReasons(run, [...overall, ...named]),
    counts: addCounts(run.counts, { held: total }),
    state: 'held',
    plan: { number, digest, total, counts, whole, expiresAt },
    finishedAt: timestamp(deps.clock),
  };
  await deps.stores.runs.checkpoint({ run: held });
  return held;
}

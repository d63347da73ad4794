import { AppError } from '../core/errors.ts';
import type { Run } from '../core/run.ts';
import type { HeldPlan } from '../core/sync-state.ts';
import type { Actor, DirectoryName } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { readTarget, startRun } from './start-run.ts';
import { raiseSyncAlert } from './sync-alerts.ts';
import { changeSyncState } from './sync-states.ts';
import type { SyncDependencies } from './sync-step.ts';

export interface PlanDecision {
  readonly digest: string;
  /** `approved` without removals: everything else is let through. */
  readonly verdict: 'approved' | 'rejected';
  readonly removals: boolean;
  readonly by: Actor;
}

/** The newest plan of an integration; null when it never had one. Throws `not_configured`. */
export async function newestPlan(
  deps: SyncDependencies,
  organizationId: string,
  source: DirectoryName,
): Promise<HeldPlan | null> {
  await readTarget(deps, organizationId, source);
  return (await deps.stores.syncStates.get(organizationId, source)).plan;
}

/**
 * Decides the waiting plan of an integration.
 *
 * An approval is noted and a run started: it reads the directory anew, and what it proposes is let through only when it is the very
 * thing that was approved; anything else asks anew. Throws `plan_changed` (details: the plan there is now), `plan_expired`,
 * `plan_decided`, `not_found` without a plan, `sync_disabled` while the sync is off.
 */
export async function decidePlan(
  deps: SyncDependencies,
  organizationId: string,
  source: DirectoryName,
  decision: PlanDecision,
): Promise<{ readonly plan: HeldPlan; readonly run: Run | null }> {
  const { organization, integration } = await readTarget(deps, organizationId, source);
  if (decision.verdict === 'approved' && !organization.settings[source].syncUsers)
    throw new AppError('sync_disabled', 'syncing users from this directory is switched off; switch it on first');
  const after = await changeSyncState(deps, { organizationId, source }, (state) => ({
    ...state,
    plan: decided(state.plan, decision, deps.clock.now()),
  }));
  const plan = after.plan as HeldPlan;
  const place = { organizationId, source, integrationId: integration.id };
  await raiseSyncAlert(deps, place, {
    type: 'alert.plan_decided',
    id: `plan:${plan.number}:${plan.decidedAt}`,
    changes: { plan: [plan.number, decision.verdict], removals: [null, plan.removals] },
    message: 'a plan was decided',
    by: decision.by,
  });
  const run = decision.verdict === 'approved' ? await startRun(deps, organizationId, source, 'operator') : null;
  return { plan, run };
}

function decided(plan: HeldPlan | null, { digest, verdict, removals, by }: PlanDecision, now: number): HeldPlan {
  if (!plan || plan.state === 'void') throw new AppError('not_found', 'no plan waits for a decision');
  if (plan.digest !== digest)
    throw new AppError('plan_changed', `the plan is another one by now: number ${plan.number}; look at it first`, {
      number: plan.number,
      digest: plan.digest,
    });
  if (plan.state !== 'waiting')
    throw new AppError('plan_decided', `plan ${plan.number} is ${plan.state} already`, { state: plan.state });
  if (Date.parse(plan.expiresAt) <= now)
    throw new AppError('plan_expired', `plan ${plan.number} expired at ${plan.expiresAt}; the next run asks anew`);
  return { ...plan, state: verdict, removals, decidedAt: timestamp({ now: () => now }), decidedBy: by };
}

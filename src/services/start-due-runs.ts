import { isAppError } from '../core/errors.ts';
import type { Integration } from '../core/integration.ts';
import { allowedFrom, nextDue, type Pace } from '../core/schedule.ts';
import type { SyncState } from '../core/sync-state.ts';
import { timestamp } from '../ports/clock.ts';
import { pace, rfc3339 } from './due-times.ts';
import { noteForgotten } from './note-outcome.ts';
import { startRun } from './start-run.ts';
import { hasEnded, type SyncDependencies } from './sync-step.ts';

const MOST_DUE = 100;
/** After how long a run that was asked for is looked at again, should nobody have told of the end of the one before. */
const LOOK_AGAIN_MS = 60_000;

/**
 * Starts the runs that are due. Due times live in the store and one of many callers claims each; a due time missed while nobody ran
 * counts once, and one that passes during a run is that run's.
 *
 * Each that is looked at moves: what cannot start yet, as it is under way, in quarantine or in quiet hours, keeps nobody else waiting.
 */
export async function startDueRuns(deps: SyncDependencies): Promise<void> {
  for (const integration of await deps.stores.integrations.due(timestamp(deps.clock), MOST_DUE))
    await startDue(deps, integration).catch((error: unknown) => {
      const { organizationId, source } = integration;
      deps.logger.error({ organizationId, source, error }, 'a run that is due could not be started');
    });
}

async function startDue(deps: SyncDependencies, integration: Integration): Promise<void> {
  const { stores, clock } = deps;
  const { organizationId, source, nextDueAt } = integration;
  const claim = (to: number | null) => stores.integrations.claimDue(organizationId, source, nextDueAt, rfc3339(to));
  const latest = await stores.runs.latest(organizationId, source);
  if (latest && hasEnded(latest) && (await noteForgotten(deps, latest))) return;
  const [own, now] = [pace(deps, integration), clock.now()];
  const state = await stores.syncStates.get(organizationId, source);
  const meanwhile = dueMeanwhile(own, state, now);
  if (latest && !hasEnded(latest)) return void (await claim(meanwhile));
  const from = allowedFrom(own, state, now);
  if (from === null || from > now) return void (await claim(from));
  if (!(await claim(meanwhile))) return;
  await startRun(deps, organizationId, source, state.asked?.trigger ?? 'schedule').catch((error: unknown) => {
    if (!isAppError(error, 'sync_disabled', 'not_configured')) throw error;
  });
}

/** The due time while a run is under way; how it ends decides anew. */
function dueMeanwhile(own: Pace, { asked }: SyncState, now: number): number | null {
  return asked ? now + LOOK_AGAIN_MS : nextDue(own, { trouble: null }, now);
}

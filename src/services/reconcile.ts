import { isAppError } from '../core/errors.ts';
import { timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { enqueueRun, startRun } from './start-run.ts';
import { SWEEP } from './sweep.ts';

const MOST_DUE = 100;
const MOST_UNHELD = 1_000;
const RELAY_BATCH = 500;

/**
 * Starts the runs that are due. Due times live in the store and one of many callers claims each; a due time missed while nobody
 * ran, or while a run was under way, counts once.
 */
export async function startDueRuns(deps: Dependencies): Promise<void> {
  const { integrations, runs } = deps.stores;
  for (const integration of await integrations.due(timestamp(deps.clock), MOST_DUE)) {
    const { organizationId, source, nextDueAt } = integration;
    const latest = await runs.latest(organizationId, source);
    if (latest && (latest.state === 'queued' || latest.state === 'running')) continue;
    if (!(await integrations.claimDue(organizationId, source, nextDueAt, deps.nextDue(integration)))) continue;
    await startRun(deps, organizationId, source, 'schedule').catch((error: unknown) => {
      if (!isAppError(error, 'sync_disabled', 'not_configured')) throw error;
    });
  }
}

/** Queues again whatever the store says is unfinished: runs, sweeps. Asking twice is asking once. */
export async function requeueUnfinished(deps: Dependencies): Promise<void> {
  for (const run of await deps.stores.runs.unheld(MOST_UNHELD)) await enqueueRun(deps, run);
  for (const { id } of await deps.stores.organizations.sweeping())
    await deps.queue.enqueue(SWEEP, { organizationId: id }, { key: id });
}

/** Moves everything in the outbox to the feed. */
export async function relayEvents({ stores }: Pick<Dependencies, 'stores'>): Promise<void> {
  while ((await stores.events.relay(RELAY_BATCH)) === RELAY_BATCH)
    await new Promise((resolve) => setImmediate(resolve));
}

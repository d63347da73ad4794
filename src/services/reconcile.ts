import { fold } from '../core/fold.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { recordChange, retryWaiting } from './record-change.ts';
import { enqueueRun } from './start-run.ts';
import { SWEEP } from './sweep.ts';
import { createTurns } from './turns.ts';

const MOST_UNHELD = 1_000;
/** Events moved at a time: requests have their turn in between. */
const RELAY_BATCH = 25;
const WAITING_BATCH = 200;
const MOST_REPAIRED = 200;

/** Queues again the runs that nobody works on. Asking twice is asking once. */
export async function requeueRuns(deps: Dependencies): Promise<void> {
  for (const run of await deps.stores.runs.unheld(MOST_UNHELD)) await enqueueRun(deps, run);
}

/** Queues again the sweeps that the store says are unfinished. */
export async function requeueSweeps(deps: Dependencies): Promise<void> {
  for (const { id } of await deps.stores.organizations.sweeping())
    await deps.queue.enqueue(SWEEP, { organizationId: id }, { key: id });
}

/**
 * Gives addresses that have become free to those who wait for them. Whoever releases one does so at once; this is for the case that
 * its process died in between.
 */
export async function retryFreeAddresses(deps: WriteDependencies): Promise<void> {
  const { conflicts, users } = deps.stores;
  for (let after: string | null = null; ; ) {
    const waiting = await conflicts.waiting(after, WAITING_BATCH);
    for (const [organizationId, members] of Map.groupBy(waiting, (conflict) => conflict.organizationId)) {
      const wanted = members.flatMap(({ email }) => email ?? []);
      const holders = await users.findByEmails(organizationId, wanted);
      const taken = new Set(holders.map(({ email }) => fold(email ?? '')));
      const free = wanted.filter((email) => !taken.has(fold(email)));
      if (free.length > 0) await retryWaiting(deps, organizationId, free);
    }
    after = waiting.at(-1)?.id ?? null;
    if (waiting.length < WAITING_BATCH || after === null) return;
  }
}

/** Finishes what saves left half-done whose process died: names given up for the moment go back, or are settled anew. */
export async function repairPeople(deps: WriteDependencies): Promise<void> {
  const unrestored = await deps.stores.users.repair(MOST_REPAIRED);
  for (const { organizationId, userId } of unrestored)
    await recordChange(deps, {
      organizationId,
      by: { kind: 'system', id: null },
      find: () => deps.stores.users.get(organizationId, userId),
      draft: (user) => (user.version === 0 ? null : { user: { ...user, email: null }, lost: true }),
      onTaken: 'hold',
    });
}

/** Finishes changes of groups whose writers died: until then whoever reads such a group has to take them into account. */
export async function repairGroups({ stores }: Pick<Dependencies, 'stores'>): Promise<void> {
  while ((await stores.resources.repair(MOST_REPAIRED)) === MOST_REPAIRED);
}

/** Moves everything in the outbox to the feed, or what can be moved until it is told that it must end. */
export async function relayEvents(
  { stores }: Pick<Dependencies, 'stores'>,
  mustEnd: () => boolean = () => false,
): Promise<void> {
  const turn = createTurns('hurried');
  while ((await stores.events.relay(RELAY_BATCH)) === RELAY_BATCH && !mustEnd()) await turn();
}

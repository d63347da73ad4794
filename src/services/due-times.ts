import type { Integration } from '../core/integration.ts';
import { afterQuiet, allowedFrom, nextDue, type Pace, paceOf } from '../core/schedule.ts';
import type { SyncTrouble } from '../core/sync-state.ts';
import type { DirectoryName } from '../core/user.ts';
import type { Dependencies } from './dependencies.ts';
import { readOrganization } from './organizations.ts';

type DueDependencies = Pick<Dependencies, 'stores' | 'clock' | 'hash'>;

/** How an integration's runs are paced, with a jitter of its own. */
export function pace({ hash }: Pick<Dependencies, 'hash'>, integration: Integration): Pace {
  return paceOf(integration, Number.parseInt(hash(integration.id).slice(0, 8), 16));
}

/**
 * Writes when the next run of an integration is due, as its settings, its options and what its runs left behind say now, and returns
 * it (RFC 3339); null while none is wanted. For whoever has just changed one of these. One that is due and may start stays due.
 */
export async function writeDue(
  deps: DueDependencies,
  organizationId: string,
  source: DirectoryName,
): Promise<string | null> {
  const { integrations, syncStates } = deps.stores;
  for (;;) {
    // First: whoever changes what is read below moves the due time afterwards, and this claim fails.
    const integration = await integrations.get(organizationId, source);
    if (!integration) return null;
    const { settings } = await readOrganization(deps, organizationId);
    const state = await syncStates.get(organizationId, source);
    const [own, now, present] = [pace(deps, integration), deps.clock.now(), integration.nextDueAt];
    const isDue = present !== null && Date.parse(present) <= now && allowedFrom(own, state, now) === now;
    const wanted = isDue ? present : rfc3339(nextDue(own, state, now));
    const due = settings[source].syncUsers ? wanted : null;
    if (due === present || (await integrations.claimDue(organizationId, source, present, due))) return due;
  }
}

/** The trouble with its next attempt where quiet hours let it be. */
export function shownTrouble(
  deps: Pick<Dependencies, 'hash'>,
  integration: Integration,
  trouble: SyncTrouble,
): SyncTrouble {
  const { nextAttemptAt } = trouble;
  if (nextAttemptAt === null) return trouble;
  return { ...trouble, nextAttemptAt: rfc3339(afterQuiet(pace(deps, integration), Date.parse(nextAttemptAt))) };
}

export function rfc3339<Time extends number | null>(time: Time): Time extends number ? string : string | null {
  return (time === null ? null : new Date(time).toISOString()) as Time extends number ? string : string | null;
}

import type { Integration } from '../core/integration.ts';
import type { Run } from '../core/run.ts';
import { groupsOf } from '../core/scope.ts';
import { optionsOf } from '../core/sync-options.ts';
import type { SyncState } from '../core/sync-state.ts';
import type { Dependencies } from './dependencies.ts';

const MINUTE_MS = 60_000;
/** Accepted conflicts looked through for one of this directory; with as many, everybody is listed unasked. */
const MOST_ACCEPTED = 50;

/**
 * Whether a delta would not do: an accepted link is made when the directory shows the person, which a delta would not do again; who
 * joined or left a group is told by no delta; a listing may be due.
 */
export async function wantsListing(
  { stores, clock }: Dependencies,
  integration: Integration,
  { asked, lastFullAt }: SyncState,
  latest: Run | null,
): Promise<boolean> {
  const { organizationId, source } = integration;
  const { scope, schedule } = optionsOf(integration);
  if (asked?.kind === 'full' || groupsOf(scope).length > 0) return true;
  const listedAt = lastFullAt ?? unnotedListing(latest);
  if (listedAt === null || clock.now() - Date.parse(listedAt) >= schedule.fullEveryMinutes * MINUTE_MS) return true;
  const { items } = await stores.conflicts.list(organizationId, 'accepted', null, MOST_ACCEPTED);
  return (
    items.length === MOST_ACCEPTED || items.some((conflict) => conflict.kind === 'link' && conflict.source === source)
  );
}

/** A run that listed everybody just now, and whose end is still being noted. */
function unnotedListing(latest: Run | null): string | null {
  const isWhole =
    latest !== null &&
    latest.kind === 'full' &&
    (latest.state === 'finished' || latest.state === 'held') &&
    !latest.dry;
  return isWhole ? latest.finishedAt : null;
}

import { isAppError } from '../core/errors.ts';
import type { SyncState } from '../core/sync-state.ts';
import type { DirectoryName } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';

interface Place {
  readonly organizationId: string;
  readonly source: DirectoryName;
}

/** Says what a change means, by an id, so that saying it again is saying it once. */
export type Announce = (before: SyncState, after: SyncState) => Promise<void>;

/**
 * Changes how an integration fares, on the newest state, until nobody else was faster, and answers with it as it
 * is then; the same state given back writes nothing.
 *
 * What is announced is so before the change is stored: whoever dies in between is followed by one who does both again.
 */
export async function changeSyncState(
  { stores }: { readonly stores: Pick<Stores, 'syncStates'> },
  { organizationId, source }: Place,
  change: (state: SyncState) => SyncState,
  announce?: Announce,
): Promise<SyncState> {
  for (;;) {
    const before = await stores.syncStates.get(organizationId, source);
    const changed = change(before);
    if (changed === before) return before;
    const after = { ...changed, version: before.version + 1 };
    await announce?.(before, after);
    try {
      await stores.syncStates.save(after);
      return after;
    } catch (error) {
      if (!isAppError(error, 'stale')) throw error;
    }
  }
}

import type { HistoryEntry } from '../core/history.ts';
import type { Actor, User } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';

const PAGE = 50;

/** The first save of a person after a version that was made by an actor of that kind, as the history tells it; null: there is none. */
export async function firstSaveBy(
  { stores }: { readonly stores: Pick<Stores, 'history'> },
  { organizationId, id }: User,
  version: number,
  isMeant: (by: Actor) => boolean,
): Promise<HistoryEntry | null> {
  let first: HistoryEntry | null = null;
  for (let below: number | null = null; ; ) {
    const entries: readonly HistoryEntry[] = await stores.history.list(organizationId, id, below, PAGE);
    const since = entries.filter((entry) => entry.version > version);
    first = since.findLast(({ by }) => isMeant(by)) ?? first;
    if (since.length < PAGE) return first;
    below = since.at(-1)?.version ?? null;
  }
}

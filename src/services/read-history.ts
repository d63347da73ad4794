import { foreignCursor, notFound } from '../core/errors.ts';
import type { HistoryEntry, HistoryRow } from '../core/history.ts';
import type { Stores } from '../ports/stores.ts';
import type { Page } from '../ports/user-store.ts';

/** One row of a person's history, with what the save says of all its rows. */
export type HistoryItem = HistoryRow & Pick<HistoryEntry, 'at' | 'by' | 'reason'>;

/** Where a page ended: the version of a save, and how many of its rows were shown. */
interface Place {
  readonly version: number;
  readonly shown: number;
}

/**
 * What became of a person, the newest first, by keyset: each row once while more is written. Throws `not_found`, and `invalid` for a
 * cursor that was not given out.
 */
export async function readHistory(
  { stores }: { readonly stores: Pick<Stores, 'users' | 'history'> },
  organizationId: string,
  userId: string,
  cursor: string | null,
  limit: number,
): Promise<Page<HistoryItem>> {
  if (!(await stores.users.get(organizationId, userId))) throw notFound('user');
  const start = cursor === null ? null : placeIn(cursor);
  // Each has a row at least; of the first one all may have been shown.
  const entries = await stores.history.list(organizationId, userId, start && start.version + 1, limit + 2);
  const rest = entries.flatMap(({ version, at, by, reason, rows }) =>
    rows
      .map((row, index) => ({
        item: { ...row, at, by, ...(reason === undefined ? {} : { reason }) },
        place: { version, shown: index + 1 },
      }))
      .slice(version === start?.version ? start.shown : 0),
  );
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    next: last && rest.length > limit ? `${last.place.version}.${last.place.shown}` : null,
  };
}

function placeIn(cursor: string): Place {
  const [, version, shown] = /^(\d{1,10})\.(\d{1,6})$/.exec(cursor) ?? [];
  if (version === undefined || shown === undefined) throw foreignCursor();
  return { version: Number(version), shown: Number(shown) };
}

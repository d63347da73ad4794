import type { HistoryEntry } from '../core/history.ts';

/** What became of people, save by save. Entries come with `UserChange.history` and stay for ever. */
export interface HistoryStore {
  /** A person's entries, newest first, of versions below one (null: all), as soon as their save was answered. */
  list(
    organizationId: string,
    userId: string,
    belowVersion: number | null,
    limit: number,
  ): Promise<readonly HistoryEntry[]>;
}

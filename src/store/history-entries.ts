import type { HistoryEntry } from '../core/history.ts';

type Key = 'organizationId' | 'userId' | 'version';

/** An entry without what its key says already. */
export function entryText({ organizationId: _, userId: __, version: ___, ...rest }: HistoryEntry): string {
  return JSON.stringify(rest);
}

export function entryOf(key: Pick<HistoryEntry, Key>, text: string): HistoryEntry {
  return { ...key, ...(JSON.parse(text) as Omit<HistoryEntry, Key>) };
}

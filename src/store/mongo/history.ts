import type { HistoryEntry } from '../../core/history.ts';
import type { Shelf } from '../../ports/archive.ts';
import type { HistoryStore } from '../../ports/history-store.ts';
import { entryOf, entryText } from '../history-entries.ts';
import { createNestedReads } from './archive-nested.ts';
import { createShelf, insertAbsent } from './archive-shelf.ts';
import type { Database } from './database.ts';
import { guardMethods } from './mongo-errors.ts';
import { COLLECTION } from './schema.ts';
import { USERS, type UserRow, userKey } from './user-schema.ts';

/** An entry; the key holds organization, person and version, so that one read along it gives a person's in order. */
export interface HistoryDocument {
  readonly _id: string;
  readonly organization: string;
  readonly user: string;
  readonly version: number;
  /** JSON: values are keyed by attribute names, which may hold dots. */
  readonly entry: string;
}

const VERSION_DIGITS = 10;

function historyKey(organization: string, user: string, version: number): string {
  return `${userKey(organization, user)}/${String(version).padStart(VERSION_DIGITS, '0')}`;
}

export function historyDocument(entry: HistoryEntry): HistoryDocument {
  const { organizationId: organization, userId: user, version } = entry;
  return { _id: historyKey(organization, user, version), organization, user, version, entry: entryText(entry) };
}

const read = ({ organization, user, version, entry }: HistoryDocument): HistoryEntry =>
  entryOf({ organizationId: organization, userId: user, version }, entry);

/** The entries that still wait in a person's document for the relay, oldest first. */
const waitingOf = ({ outbox = [] }: Pick<UserRow, 'outbox'>): readonly HistoryEntry[] =>
  outbox.flatMap(({ history }) => (history === undefined ? [] : [JSON.parse(history) as HistoryEntry]));

/** Moves entries out of people's documents, each once however often it is done. */
export function createKeepHistory(database: Database): (entries: readonly HistoryEntry[]) => Promise<void> {
  const kept = database.collection<HistoryDocument>(COLLECTION.history);
  return (entries) => insertAbsent(kept, entries.map(historyDocument));
}

/** History in MongoDB: what the relay has moved, and before that what waits in the person's own document. */
export function createHistoryStore(database: Database): HistoryStore {
  const kept = database.collection<HistoryDocument>(COLLECTION.history);
  const users = database.collection<UserRow>(USERS);
  return {
    async list(organization, user, belowVersion, limit) {
      // In this order: what is not waiting any more when one looks has been moved before.
      const row = await users.findOne({ _id: userKey(organization, user) }, { projection: { outbox: 1 } });
      const below = belowVersion ?? 10 ** VERSION_DIGITS - 1;
      const range = { $gt: historyKey(organization, user, 0), $lt: historyKey(organization, user, below) };
      const options = { sort: { _id: -1 }, limit, batchSize: limit + 1 } as const;
      const moved = (await kept.find({ _id: range }, options).toArray()).map(read);
      const waiting = row ? waitingOf(row).filter(({ version }) => version < below) : [];
      const all = new Map([...moved, ...waiting].map((entry) => [entry.version, entry]));
      return [...all.values()].toSorted((left, right) => right.version - left.version).slice(0, limit);
    },
  };
}

const WAITING = 'waiting';

/** All entries: those that were moved, then those that wait. A cursor is that of the ones or the others. */
export function createHistoryShelf(database: Database): Shelf<HistoryEntry> {
  const kept = database.collection<HistoryDocument>(COLLECTION.history);
  const moved = createShelf<HistoryDocument, HistoryEntry>({
    collection: kept,
    toEntry: read,
    toDocument: historyDocument,
  });
  const waiting = createNestedReads<UserRow, HistoryEntry>({
    collection: database.collection<UserRow>(USERS),
    field: 'outbox',
    filter: { 'outbox.history': { $exists: true } },
    toEntries: waitingOf,
  });

  /** A relay that died may have moved some of them already. */
  async function unmoved(cursor: string | null, limit: number) {
    const { items, next } = await waiting.read(cursor, limit);
    const keys = items.map((entry) => historyDocument(entry)._id);
    const there = await kept.find({ _id: { $in: keys } }, { projection: { _id: 1 } }).toArray();
    const known = new Set(there.map(({ _id }) => _id));
    const rest = items.filter((entry) => !known.has(historyDocument(entry)._id));
    return { items: rest, next: next === null ? null : `${WAITING}${next}` };
  }

  async function countUnmoved(): Promise<number> {
    for (let cursor: string | null = null, total = 0; ; ) {
      const { items, next } = await unmoved(cursor, 500);
      total += items.length;
      if (next === null) return total;
      cursor = next.slice(WAITING.length);
    }
  }

  return guardMethods<Shelf<HistoryEntry>>({
    count: async () => (await moved.count()) + (await countUnmoved()),
    async read(cursor, limit) {
      if (cursor?.startsWith(WAITING)) return unmoved(cursor.slice(WAITING.length) || null, limit);
      const { items, next } = await moved.read(cursor, limit);
      if (next !== null) return { items, next };
      if (items.length === limit) return { items, next: (await countUnmoved()) > 0 ? WAITING : null };
      const rest = await unmoved(null, limit - items.length);
      return { ...rest, items: [...items, ...rest.items] };
    },
    write: (entries) => moved.write(entries),
  });
}

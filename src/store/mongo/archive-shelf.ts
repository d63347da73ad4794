import { AppError } from '../../core/errors.ts';
import type { Shelf } from '../../ports/archive.ts';
import type { Page } from '../../ports/user-store.ts';
import type { Stored } from './database.ts';
import type { Collection, Filter } from './driver.ts';
import { duplicates, guardMethods, isOnlyDuplicates } from './mongo-errors.ts';
import { insistently } from './unknown-results.ts';

/** How the entries of one kind lie in a collection, one document each. */
export interface ShelfRule<Document extends Stored, Entry> {
  readonly collection: Collection<Document>;
  /** Documents that are entries; all unless told. */
  readonly filter?: Filter<Document>;
  toEntry(document: Document): Entry;
  toDocument(entry: Entry): Document;
}

/** A kind of entries in MongoDB. A cursor is the key of the last document. */
export function createShelf<Document extends Stored, Entry>(rule: ShelfRule<Document, Entry>): Shelf<Entry> {
  const { collection, filter = {} as Filter<Document>, toEntry, toDocument } = rule;
  return guardMethods<Shelf<Entry>>({
    count: () => collection.countDocuments(filter),
    async read(cursor, limit) {
      const { items, next } = await pageOf(collection, filter, cursor, limit);
      return { items: items.map((document) => toEntry(document)), next };
    },
    async write(entries) {
      const documents = entries.map((entry) => toDocument(entry));
      await insistently(() => insertAbsent(collection, documents));
    },
  });
}

/** Documents after a key, in the order of their keys. */
export async function pageOf<Document extends Stored>(
  collection: Collection<Document>,
  filter: Filter<Document>,
  cursor: string | null,
  limit: number,
): Promise<Page<Document>> {
  const after = cursor === null ? filter : ({ $and: [filter, { _id: { $gt: cursor } }] } as Filter<Document>);
  const options = { sort: { _id: 1 } as const, limit: limit + 1, batchSize: limit + 2 };
  const found = (await collection.find(after, options).toArray()) as unknown as readonly Document[];
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?._id ?? null) : null };
}

/** Inserts documents but for those whose keys are there. Throws `stale` when one claims what another one holds. */
export async function insertAbsent<Document extends Stored>(
  collection: Collection<Document>,
  documents: readonly Document[],
): Promise<void> {
  const keys = documents.map(({ _id }) => _id);
  const query = { _id: { $in: keys } } as Filter<Document>;
  const there = new Set(
    (await collection.find(query, { projection: { _id: 1 } }).toArray()).map(({ _id }) => `${_id}`),
  );
  const absent = documents
    .filter(({ _id }) => !there.has(_id))
    .toSorted((left, right) => (left._id < right._id ? -1 : 1));
  if (absent.length === 0) return;
  try {
    await collection.insertMany(absent as unknown as Parameters<typeof collection.insertMany>[0], { ordered: false });
  } catch (error) {
    if (!isOnlyDuplicates(error)) throw error;
    // Whoever inserts the same at the same time: then it is there.
    if (duplicates(error).every(({ index }) => index === KEY_INDEX)) return;
    throw new AppError('stale', TWO_HOLDERS, {}, error);
  }
}

const KEY_INDEX = '_id_';

const TWO_HOLDERS =
  'an entry claims what another one holds: was the source used since the move began? Empty the target and start again';

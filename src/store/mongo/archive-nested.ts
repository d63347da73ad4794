import type { Shelf } from '../../ports/archive.ts';
import type { Page } from '../../ports/user-store.ts';
import type { Stored } from './database.ts';
import type { Collection, Filter } from './driver.ts';
import { guardMethods } from './mongo-errors.ts';

/** How entries of one kind lie in lists inside the documents of a collection. */
export interface NestedRule<Document extends Stored, Entry> {
  readonly collection: Collection<Document>;
  /** Field of the list, and which documents have any entries in it. */
  readonly field: string;
  readonly filter: Filter<Document>;
  /** The part of the list that holds entries, as an expression; all of it unless told. */
  readonly list?: object;
  /** The document's entries, in the order of the list. */
  toEntries(document: Document): readonly Entry[];
}

/** Reads entries that lie inside other documents. A cursor is the JSON of a document's key and how many of its entries were read. */
export function createNestedReads<Document extends Stored, Entry>(
  rule: NestedRule<Document, Entry>,
): Pick<Shelf<Entry>, 'count' | 'read'> {
  const { collection, field, filter, list = `$${field}` } = rule;
  return guardMethods<Pick<Shelf<Entry>, 'count' | 'read'>>({
    async count() {
      const sum = { $group: { _id: null, total: { $sum: { $size: list } } } };
      const [counted] = await collection.aggregate<{ readonly total: number }>([{ $match: filter }, sum]).toArray();
      return counted?.total ?? 0;
    },
    read: (cursor, limit) => readNested(rule, cursor, limit),
  });
}

async function readNested<Document extends Stored, Entry>(
  { collection, filter, toEntries }: NestedRule<Document, Entry>,
  cursor: string | null,
  limit: number,
): Promise<Page<Entry>> {
  const [key, given] = cursor === null ? ['', 0] : (JSON.parse(cursor) as readonly [string, number]);
  const query = { $and: [filter, { _id: { $gte: key } }] } as Filter<Document>;
  // Each has one entry at least, but for the first, of which all may have been read.
  const options = { sort: { _id: 1 } as const, limit: limit + 2, batchSize: limit + 3 };
  const documents = (await collection.find(query, options).toArray()) as unknown as readonly Document[];
  const rest = documents.flatMap((document) =>
    toEntries(document)
      .map((entry, index) => ({ entry, place: [document._id, index + 1] as const }))
      .slice(document._id === key ? given : 0),
  );
  const shown = rest.slice(0, limit);
  const next = rest.length > limit ? JSON.stringify(shown.at(-1)?.place) : null;
  return { items: shown.map(({ entry }) => entry), next };
}

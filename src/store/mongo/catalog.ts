import { randomUUID } from 'node:crypto';
import { type CatalogEntry, type CatalogKind, UNIQUELY_NAMED } from '../../core/catalog.ts';
import { AppError, stale } from '../../core/errors.ts';
import { fold } from '../../core/fold.ts';
import type { CatalogStore } from '../../ports/catalog-store.ts';
import type { Database } from './database.ts';
import { keyOf, pageOf } from './documents.ts';
import { duplicateIndex } from './mongo-errors.ts';
import { COLLECTION } from './schema.ts';
import { certainly } from './unknown-results.ts';

export interface CatalogRow {
  /** Organization, kind and id. */
  readonly _id: string;
  readonly organization: string;
  /** As lists look for it: one that is gone is of none of their kinds. */
  readonly kind: CatalogKind | `gone ${CatalogKind}`;
  readonly id: string;
  /** Only of uniquely named kinds. */
  readonly nameKey?: string;
  readonly version: number;
  readonly document: CatalogEntry;
  readonly writeId: string;
}

/** What organizations name for their access, in MongoDB. */
export function createCatalogStore(database: Database): CatalogStore {
  const rows = database.collection<CatalogRow>(COLLECTION.catalog);

  async function attempt(row: CatalogRow): Promise<true | null> {
    if (row.version === 1)
      return rows.insertOne(row).then(
        () => true,
        (error) => nullIfThere(error, row),
      );
    const before = { _id: row._id, version: row.version - 1 };
    const { matchedCount } = await rows.replaceOne(before, row).catch((error) => refuseTaken(error, row));
    return matchedCount === 1 ? true : null;
  }

  return {
    get: async (organization, kind, id) =>
      (await rows.findOne({ _id: rowKey(organization, kind, id) }))?.document ?? null,
    async among(organization, kind, ids) {
      const found = await rows.find({ _id: { $in: ids.map((id) => rowKey(organization, kind, id)) }, kind }).toArray();
      return found.map(({ document }) => document);
    },
    async amongNames(organization, kind, names) {
      const found = await rows.find({ organization, kind, nameKey: { $in: names.map(fold) } }).toArray();
      return found.map(({ document }) => document);
    },
    async list(organization, kind, cursor, limit) {
      const query = { organization, kind, id: { $gt: cursor ?? '' } };
      const found = await rows.find(query, { sort: { id: 1 }, limit: limit + 1 }).toArray();
      return pageOf(found, limit, ({ document }) => document);
    },
    count: (organization, kind) => rows.countDocuments({ organization, kind }),
    async save(entry) {
      const row = catalogRow(entry);
      const { _id, writeId } = row;
      const recall = async () => ((await rows.countDocuments({ _id, writeId }, { limit: 1 })) === 1 ? true : null);
      if ((await certainly<true>({ attempt: () => attempt(row), recall })) === null) throw stale(`this ${entry.kind}`);
    },
  };
}

const rowKey = (organization: string, kind: CatalogKind, id: string) => keyOf(keyOf(organization, kind), id);

export function catalogRow(document: CatalogEntry): CatalogRow {
  const { organizationId: organization, id, name, version, gone } = document;
  const nameKey = UNIQUELY_NAMED.includes(document.kind) && !gone ? { nameKey: fold(name) } : {};
  const kind = gone ? (`gone ${document.kind}` as const) : document.kind;
  const _id = rowKey(organization, document.kind, id);
  return { _id, organization, kind, id, ...nameKey, version, document, writeId: randomUUID() };
}

function nullIfThere(error: unknown, row: CatalogRow): null {
  if (duplicateIndex(error) === 'catalog_name') refuseTaken(error, row);
  if (duplicateIndex(error) === null) throw error;
  return null;
}

function refuseTaken(error: unknown, { document: { kind } }: CatalogRow): never {
  if (duplicateIndex(error) !== 'catalog_name') throw error;
  throw new AppError('resource_name_taken', `another ${kind} has this name`, {}, error);
}

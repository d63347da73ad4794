import { randomUUID } from 'node:crypto';
import { type Bulk, isUnderWay } from '../../core/bulk.ts';
import type { BulkPage, BulkPageKey, BulkStore } from '../../ports/bulk-store.ts';
import { createShelf } from './archive-shelf.ts';
import type { Database } from './database.ts';
import { keyOf, pageOf as listPageOf } from './documents.ts';
import { COLLECTION, type CollectionDeclaration } from './schema.ts';
import { nullIfDuplicate, swapRow } from './swap-row.ts';
import { insistently } from './unknown-results.ts';

interface BulkRow {
  /** Organization and id. */
  readonly _id: string;
  readonly id: string;
  readonly version: number;
  readonly running: boolean;
  readonly expires: string | null;
  /** JSON: nothing is ever looked for in it. */
  readonly document: string;
  readonly writeId: string;
}

interface BulkPageRow {
  /** Organization, action, part and page. */
  readonly _id: string;
  readonly organization: string;
  readonly bulk: string;
  readonly part: BulkPage['part'];
  readonly page: number;
  readonly text: string;
}

/** Those under way, those to be erased, and the pages of each. */
export const BULK_COLLECTIONS: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.bulks,
    indexes: [
      { name: 'bulks_running', key: { id: 1 }, partialFilterExpression: { running: true } },
      { name: 'bulks_expires', key: { expires: 1 }, partialFilterExpression: { expires: { $type: 'string' } } },
    ],
  },
  { name: COLLECTION.bulkPages, indexes: [{ name: 'bulk_pages_bulk', key: { organization: 1, bulk: 1 } }] },
];

/** Actions on many people, in MongoDB. */
export function createBulkStore(database: Database): BulkStore {
  const rows = database.collection<BulkRow>(COLLECTION.bulks);
  const pages = database.collection<BulkPageRow>(COLLECTION.bulkPages);

  return {
    async save(bulk) {
      await swapRow(rows, bulkRow(bulk), 'this bulk action');
    },
    async get(organization, id) {
      const row = await rows.findOne({ _id: keyOf(organization, id) });
      return row ? bulkOf(row) : null;
    },
    async list(organization, cursor, limit) {
      // The organization's part of the keys; `0` is what comes after `/`.
      const before = cursor === null ? `${organization}0` : keyOf(organization, cursor);
      const query = { _id: { $gt: keyOf(organization, ''), $lt: before } };
      return listPageOf(await rows.find(query, { sort: { _id: -1 }, limit: limit + 1 }).toArray(), limit, bulkOf);
    },
    async running(limit) {
      return (await rows.find({ running: true }, { sort: { id: 1 }, limit }).toArray()).map(bulkOf);
    },
    async expired(by, limit) {
      const query = { running: false, expires: { $type: 'string' as const, $lte: by } };
      return (await rows.find(query, { sort: { expires: 1 }, limit }).toArray()).map(bulkOf);
    },
    async addPage(page) {
      const row = pageRow(page);
      await insistently(() => pages.insertOne(row).then(() => true, nullIfDuplicate));
      return (await pages.findOne({ _id: row._id }))?.text ?? page.text;
    },
    async page(key) {
      return (await pages.findOne({ _id: pageKey(key) }))?.text ?? null;
    },
    async erase(organization, id) {
      await insistently(() => pages.deleteMany({ organization, bulk: id }));
    },
  };
}

/** The same, as entries of an archive. */
export function createBulkShelves(database: Database) {
  return {
    bulks: createShelf<BulkRow, Bulk>({
      collection: database.collection(COLLECTION.bulks),
      toEntry: bulkOf,
      toDocument: bulkRow,
    }),
    bulkPages: createShelf<BulkPageRow, BulkPage>({
      collection: database.collection(COLLECTION.bulkPages),
      toEntry: pageOf,
      toDocument: pageRow,
    }),
  };
}

function bulkRow(bulk: Bulk): BulkRow {
  const { organizationId, id, version, expiresAt: expires } = bulk;
  return {
    _id: keyOf(organizationId, id),
    id,
    version,
    running: isUnderWay(bulk),
    expires,
    document: JSON.stringify(bulk),
    writeId: randomUUID(),
  };
}

const bulkOf = ({ document }: BulkRow): Bulk => JSON.parse(document) as Bulk;

const pageKey = ({ organizationId, bulkId, part, page }: BulkPageKey): string =>
  keyOf(keyOf(organizationId, bulkId), `${part}/${page}`);

function pageRow(entry: BulkPage): BulkPageRow {
  const { organizationId: organization, bulkId: bulk, part, page, text } = entry;
  return { _id: pageKey(entry), organization, bulk, part, page, text };
}

function pageOf({ organization: organizationId, bulk: bulkId, part, page, text }: BulkPageRow): BulkPage {
  return { organizationId, bulkId, part, page, text };
}

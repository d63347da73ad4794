import type { Bulk } from '../../core/bulk.ts';
import type { BulkPage } from '../../ports/bulk-store.ts';
import { bulkPageRow, bulkRow, INSERT_BULK, INSERT_BULK_PAGE } from './bulks.ts';
import type { Database } from './database.ts';
import { AS_WRITTEN, createShelf } from './shelf.ts';

/** Actions on many people with their pages, as entries of an archive. */
export function createBulkShelves(database: Database) {
  return {
    bulks: createShelf<Bulk>(database, {
      ...AS_WRITTEN,
      columns: 'document',
      from: 'bulks',
      toEntry: ({ document }) => JSON.parse(document as string) as Bulk,
      insert(entries) {
        const insert = database.sql(INSERT_BULK);
        for (const entry of entries) insert.run(...bulkRow(entry));
      },
    }),
    bulkPages: createShelf<BulkPage>(database, {
      ...AS_WRITTEN,
      columns: 'organization AS organizationId, bulk AS bulkId, part, page, text',
      from: 'bulk_pages',
      toEntry: ({ organizationId, bulkId, part, page, text }) =>
        ({ organizationId, bulkId, part, page: Number(page), text }) as BulkPage,
      insert(entries) {
        const insert = database.sql(INSERT_BULK_PAGE);
        for (const entry of entries) insert.run(...bulkPageRow(entry));
      },
    }),
  };
}

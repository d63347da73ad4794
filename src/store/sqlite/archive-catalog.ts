import type { CatalogEntry } from '../../core/catalog.ts';
import { catalogRow, INSERT_CATALOG } from './catalog.ts';
import type { Database } from './database.ts';
import { AS_WRITTEN, createShelf } from './shelf.ts';

/** What organizations name for their access, as entries of an archive. */
export function createCatalogShelf(database: Database) {
  return createShelf<CatalogEntry>(database, {
    ...AS_WRITTEN,
    columns: 'document',
    from: 'catalog',
    toEntry: ({ document }) => JSON.parse(document as string) as CatalogEntry,
    insert(entries) {
      const insert = database.sql(INSERT_CATALOG);
      for (const entry of entries) insert.run(...catalogRow(entry));
    },
  });
}

import type { CatalogEntry } from '../../core/catalog.ts';
import type { Shelf } from '../../ports/archive.ts';
import { createShelf } from './archive-shelf.ts';
import { type CatalogRow, catalogRow } from './catalog.ts';
import type { Database } from './database.ts';
import { COLLECTION } from './schema.ts';

/** What organizations name for their access, as entries of an archive. */
export function createCatalogShelf(database: Database): Shelf<CatalogEntry> {
  return createShelf<CatalogRow, CatalogEntry>({
    collection: database.collection(COLLECTION.catalog),
    toEntry: ({ document }) => document,
    toDocument: catalogRow,
  });
}

import type { Import } from '../../core/import.ts';
import type { ImportPart } from '../../ports/import-store.ts';
import type { Database } from './database.ts';
import { INSERT_IMPORT, INSERT_IMPORT_PART, importRow, partRow } from './imports.ts';
import { AS_WRITTEN, createShelf } from './shelf.ts';

/** CSV files on their way in with their rows, as entries of an archive. */
export function createImportShelves(database: Database) {
  return {
    imports: createShelf<Import>(database, {
      ...AS_WRITTEN,
      columns: 'document',
      from: 'imports',
      toEntry: ({ document }) => JSON.parse(document as string) as Import,
      insert(entries) {
        const insert = database.sql(INSERT_IMPORT);
        for (const entry of entries) insert.run(...importRow(entry));
      },
    }),
    importParts: createShelf<ImportPart>(database, {
      ...AS_WRITTEN,
      columns: 'organization AS organizationId, import AS importId, part, page, text',
      from: 'import_parts',
      toEntry: ({ organizationId, importId, part, page, text }) =>
        ({ organizationId, importId, part, page: Number(page), text }) as ImportPart,
      insert(entries) {
        const insert = database.sql(INSERT_IMPORT_PART);
        for (const entry of entries) insert.run(...partRow(entry));
      },
    }),
  };
}

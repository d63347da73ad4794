import type { ArchiveDocuments, ArchiveKind, ArchiveStore, Move, Shelf } from '../../ports/archive.ts';
import { createAccountShelves } from './archive-accounts.ts';
import { createBulkShelves } from './archive-bulks.ts';
import { createCatalogShelf } from './archive-catalog.ts';
import { createImportShelves } from './archive-imports.ts';
import { createPeopleShelves } from './archive-people.ts';
import { createResourceShelves } from './archive-resources.ts';
import { createRunShelves } from './archive-runs.ts';
import type { Counters } from './counters.ts';
import type { Database } from './database.ts';
import { createDirectoryGroupShelves } from './directory-groups.ts';
import { documentOf } from './documents.ts';
import { createGroupMappingShelf } from './group-mappings.ts';
import type { Interning } from './interning.ts';

type Shelves = { readonly [Kind in ArchiveKind]: Shelf<ArchiveDocuments[Kind]> };

/** The whole of a SQLite store. The data directory's lock keeps others away, so no lease is alive in it. */
export function createArchive(database: Database, names: Interning, counters: Counters): ArchiveStore {
  const { sql } = database;
  const shelves: Shelves = {
    ...createAccountShelves(database),
    catalog: createCatalogShelf(database),
    groupMappings: createGroupMappingShelf(database),
    ...createDirectoryGroupShelves(database),
    ...createPeopleShelves(database, names, counters),
    ...createResourceShelves(database, names, counters),
    ...createRunShelves(database),
    ...createImportShelves(database),
    ...createBulkShelves(database),
  };
  return {
    shelf: (kind) => shelves[kind],
    countLeases: async () => 0,
    move: async () => documentOf<Move>(sql('SELECT document FROM moves').get()),
    async setMove(move) {
      const put = sql(`INSERT INTO moves (n, document) VALUES (1, ?)
        ON CONFLICT (n) DO UPDATE SET document = excluded.document`);
      put.run(JSON.stringify(move));
    },
  };
}

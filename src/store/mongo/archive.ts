import type { Import } from '../../core/import.ts';
import type { ArchiveDocuments, ArchiveKind, ArchiveStore, Move, Shelf } from '../../ports/archive.ts';
import type { ImportPart } from '../../ports/import-store.ts';
import { createAccountShelves, createVersionedShelf } from './archive-accounts.ts';
import { createCatalogShelf } from './archive-catalog.ts';
import { createEventShelves } from './archive-events.ts';
import { createUserShelf } from './archive-people.ts';
import { createResourceShelves } from './archive-resources.ts';
import { createRunShelves } from './archive-runs.ts';
import { createShelf } from './archive-shelf.ts';
import { createBulkShelves } from './bulks.ts';
import type { Database } from './database.ts';
import { createDirectoryGroupShelves } from './directory-groups.ts';
import { createGroupMappingShelf } from './group-mappings.ts';
import { createHistoryShelf } from './history.ts';
import {
  type ImportDocument,
  type ImportPartDocument,
  importDocument,
  importOf,
  partDocument,
  partOf,
} from './imports.ts';
import { KEPT_ANSWER_DOCUMENTS } from './kept-answers.ts';
import { guarded } from './mongo-errors.ts';
import { resourceCollections } from './resource-schema.ts';
import type { RunRow } from './run-rows.ts';
import { COLLECTION } from './schema.ts';
import { insistently } from './unknown-results.ts';
import type { UserRow } from './user-schema.ts';

type Shelves = { readonly [Kind in ArchiveKind]: Shelf<ArchiveDocuments[Kind]> };

interface MoveRow {
  readonly _id: string;
  readonly move: Move;
}

/** The only row there is. */
const THE_MOVE = 'move';

/** The whole of a MongoDB store. */
export function createArchive(database: Database): ArchiveStore {
  const moves = database.collection<MoveRow>('moves');
  const runs = database.collection<RunRow>(COLLECTION.runs);
  const shelves: Shelves = {
    ...createAccountShelves(database),
    catalog: createCatalogShelf(database),
    groupMappings: createGroupMappingShelf(database),
    ...createDirectoryGroupShelves(database),
    ...createEventShelves(database),
    ...createRunShelves(database),
    ...createBulkShelves(database),
    ...createResourceShelves(resourceCollections(database)),
    imports: createShelf<ImportDocument, Import>({
      collection: database.collection(COLLECTION.imports),
      toEntry: importOf,
      toDocument: importDocument,
    }),
    importParts: createShelf<ImportPartDocument, ImportPart>({
      collection: database.collection(COLLECTION.importParts),
      toEntry: partOf,
      toDocument: partDocument,
    }),
    history: createHistoryShelf(database),
    keptAnswers: createVersionedShelf(database, KEPT_ANSWER_DOCUMENTS),
    people: createUserShelf(database.collection<UserRow>(COLLECTION.users)),
  };

  /** Leases that have not expired, by the server's clock. */
  async function countLeases(): Promise<number> {
    const held = await runs.find({ leaseOwner: { $ne: null } }, { projection: { leaseUntil: 1 } }).toArray();
    const { localTime } = await database.db.command({ hello: 1 });
    return held.filter(({ leaseUntil }) => leaseUntil > (localTime as Date)).length;
  }

  return {
    shelf: (kind) => shelves[kind],
    countLeases: () => guarded(countLeases),
    move: () => guarded(async () => (await moves.findOne({ _id: THE_MOVE }))?.move ?? null),
    async setMove(move) {
      const put = () => moves.replaceOne({ _id: THE_MOVE }, { move }, { upsert: true });
      await guarded(() => insistently(put));
    },
  };
}

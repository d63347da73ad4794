import { AGENCIES } from './agencies.ts';
import { API_KEY_COLLECTIONS } from './api-keys.ts';
import { buildCollections, dropIndexes } from './build-collections.ts';
import { BULK_COLLECTIONS } from './bulks.ts';
import { CATALOG_COLLECTIONS } from './catalog-schema.ts';
import type { Database } from './database.ts';
import { DIRECTORY_GROUP_COLLECTIONS } from './directory-groups.ts';
import { fillEmployeeNumbers } from './fill-employee-numbers.ts';
import { fillFoundBy } from './fill-found-by.ts';
import { fillSeen } from './fill-seen.ts';
import { GROUP_MAPPING_COLLECTIONS } from './group-mappings.ts';
import { DOUBTED_INTERVIEWS, doubtBooked, INTERVIEW_COLLECTIONS, UNTOLD_INTERVIEWS } from './interviews.ts';
import { KEPT_ANSWER_COLLECTIONS } from './kept-answers.ts';
import { RUN_TIMES } from './prune-runs.ts';
import { RESOURCE_COLLECTIONS } from './resource-schema.ts';
import {
  CLIENTS,
  COLLECTION,
  CONFIGURATION_COLLECTIONS,
  CONNECTION_NAMES,
  type CollectionDeclaration,
  FIRST_COLLECTIONS,
  HISTORY_COLLECTIONS,
  IMPORT_COLLECTIONS,
  SYNC_COLLECTIONS,
} from './schema.ts';
import { FORMER_INDEXES, FOUND_BY_INDEXES, ORDER_INDEXES, SEEN_INDEXES } from './user-schema.ts';

export interface Migration {
  readonly name: string;
  /** The lowest schema number a process may know and still work on what this migration leaves: during an upgrade both versions run. */
  readonly compatibleWith: number;
  /** May have been done before, wholly or in part. `step` is called between its steps. */
  run(database: Database, step: (name: string) => Promise<void>): Promise<void>;
}

/** A migration that makes collections and indexes, and nothing else. */
function building(name: string, compatibleWith: number, collections: readonly CollectionDeclaration[]): Migration {
  return { name, compatibleWith, run: (database, step) => buildCollections(database, collections, step) };
}

/** In order; the position is the number. A migration that was released is never changed: a new one follows. */
export const MIGRATIONS: readonly Migration[] = [
  building('first collections', 1, FIRST_COLLECTIONS),
  building('names of SCIM connections', 1, CONNECTION_NAMES),
  {
    name: 'the orders of lists',
    compatibleWith: 1,
    async run(database, step) {
      await buildCollections(database, [{ name: COLLECTION.users, indexes: ORDER_INDEXES }], step);
      await dropIndexes(database, COLLECTION.users, FORMER_INDEXES, step);
    },
  },
  building('schemas and resource types of organizations', 1, CONFIGURATION_COLLECTIONS),
  building('OAuth clients of SCIM connections', 1, CLIENTS),
  // Whoever does not know of names leaves the one of the version before: readers see by its number that it is old.
  building('groups and other resources', 1, RESOURCE_COLLECTIONS),
  building('how integrations fare', 1, SYNC_COLLECTIONS),
  {
    name: 'what people are filtered by',
    compatibleWith: 1,
    async run(database, step) {
      await buildCollections(database, [{ name: COLLECTION.users, indexes: FOUND_BY_INDEXES }], step);
      await fillFoundBy(database, step);
    },
  },
  {
    name: 'what became of people',
    // A relay of the version before would publish what only the history is told.
    compatibleWith: 9,
    run: (database, step) => buildCollections(database, HISTORY_COLLECTIONS, step),
  },
  building('interviews', 1, INTERVIEW_COLLECTIONS),
  building('agencies', 1, AGENCIES),
  building('CSV files on their way in', 9, IMPORT_COLLECTIONS),
  building('roles, scopes and pools', 9, CATALOG_COLLECTIONS),
  building('runs by their time', 1, RUN_TIMES),
  building('actions on many people', 1, BULK_COLLECTIONS),
  building('keys of organizations', 1, API_KEY_COLLECTIONS),
  building('answers kept for clients', 9, KEPT_ANSWER_COLLECTIONS),
  {
    name: 'people by their employee number',
    // Whoever does not know of it saves people who cannot be found by theirs.
    compatibleWith: 18,
    run: fillEmployeeNumbers,
  },
  building('interviews people were not told of', 1, UNTOLD_INTERVIEWS),
  {
    name: 'interviews in doubt',
    // A version before would take the doubt away with what it saves.
    compatibleWith: 20,
    async run(database, step) {
      await buildCollections(database, DOUBTED_INTERVIEWS, step);
      await doubtBooked(database);
    },
  },
  building('what groups give', 1, GROUP_MAPPING_COLLECTIONS),
  building('who is in groups of directories', 1, DIRECTORY_GROUP_COLLECTIONS),
  {
    name: 'when SCIM last saw people change',
    // Whoever does not know of it would show SCIM a change under the version of before.
    compatibleWith: 23,
    async run(database, step) {
      await fillSeen(database, step);
      await buildCollections(database, [{ name: COLLECTION.users, indexes: SEEN_INDEXES }], step);
    },
  },
];

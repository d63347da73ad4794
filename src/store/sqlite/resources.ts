import type { ResourceStore } from '../../ports/resource-store.ts';
import type { Counters } from './counters.ts';
import type { Database } from './database.ts';
import type { Interning } from './interning.ts';
import { createMemberReads } from './member-reads.ts';
import { createResourceReads } from './resource-reads.ts';
import { createSaveResources } from './save-resources.ts';

/** Groups and other resources in SQLite: a document each, with rows for claims and members. */
export function createResourceStore(database: Database, names: Interning, counters: Counters): ResourceStore {
  return {
    ...createSaveResources(database, names, counters),
    ...createResourceReads(database, names, counters),
    ...createMemberReads(database, names),
  };
}

import type { UserStore } from '../../ports/user-store.ts';
import type { Counters } from './counters.ts';
import type { Database } from './database.ts';
import { gatherInserts } from './gather-inserts.ts';
import type { Interning } from './interning.ts';
import { createSaveUsers } from './save-users.ts';
import { createScimLists } from './scim-lists.ts';
import { createUserLookups } from './user-lookups.ts';
import { createUserPages } from './user-pages.ts';
import { createUserScans } from './user-scans.ts';

/** People in SQLite: one document each, with shadow columns to find them by. */
export function createUserStore(database: Database, names: Interning, counters: Counters): UserStore {
  const people = createSaveUsers(database, names, counters);
  const save = gatherInserts(people);
  return {
    ...createUserLookups(database, names),
    ...createUserPages(database, names, counters),
    ...createScimLists(database, names, counters),
    ...createUserScans(database, names),
    async save(change, fence) {
      await save(change, fence);
      return change.user;
    },
    saveMany: async (changes, fence) => people.saveMany(changes, fence),
  };
}

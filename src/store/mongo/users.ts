import type { Clock } from '../../ports/clock.ts';
import type { UserStore } from '../../ports/user-store.ts';
import type { Database } from './database.ts';
import { guardMethods } from './mongo-errors.ts';
import { restoreParked } from './parking.ts';
import { type CheckFence, createSaveUsers } from './save-users.ts';
import { createScimLists } from './scim-lists.ts';
import { createUserLookups } from './user-lookups.ts';
import { createUserPages } from './user-pages.ts';
import { createUserScans, type PresentKeys } from './user-scans.ts';
import { USERS, type UserCollection, type UserRow } from './user-schema.ts';

/** No writer keeps somebody's names parked for so long and lives. */
const PATIENCE_MS = 60_000;

/** What people need of the runs that write them. */
export interface RunKnowledge {
  readonly checkFence: CheckFence;
  readonly presentKeys: PresentKeys;
}

/** People in MongoDB: one document each, with shadow fields to find them by. */
export function createUserStore(database: Database, clock: Clock, runs: RunKnowledge): UserStore {
  return usersOn(database.collection<UserRow>(USERS), clock, runs);
}

/** The same, on a collection of people. */
export function usersOn(users: UserCollection, clock: Clock, runs: RunKnowledge): UserStore {
  const people = createSaveUsers(users, clock, runs.checkFence);
  return guardMethods<UserStore>({
    ...createUserLookups(users),
    ...createUserPages(users),
    ...createScimLists(users),
    ...createUserScans(users, runs.presentKeys),
    async save(change, fence) {
      await people.save(change, fence);
      return change.user;
    },
    saveMany: (changes, fence) => people.saveMany(changes, fence),
    repair: (limit) => restoreParked(users, new Date(clock.now() - PATIENCE_MS).toISOString(), limit),
  });
}

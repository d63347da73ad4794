import type { Clock } from '../../ports/clock.ts';
import type { ResourceStore } from '../../ports/resource-store.ts';
import type { Database } from './database.ts';
import { createMemberReads } from './member-reads.ts';
import { guardMethods } from './mongo-errors.ts';
import { createResourceReads } from './resource-reads.ts';
import { type ResourceCollections, resourceCollections } from './resource-schema.ts';
import { createSaveResources } from './save-resources.ts';
import { USERS, type UserCollection, type UserRow } from './user-schema.ts';

/** Groups and other resources in MongoDB: a document each, and one for every member of a group. */
export function createResourceStore(database: Database, clock: Clock): ResourceStore {
  return resourcesOn(resourceCollections(database), database.collection<UserRow>(USERS), clock);
}

/** The same, on collections. */
export function resourcesOn(collections: ResourceCollections, users: UserCollection, clock: Clock): ResourceStore {
  const { groupsWith, ...memberReads } = createMemberReads(collections, users);
  return guardMethods<ResourceStore>({
    ...createSaveResources(collections, clock),
    ...createResourceReads(collections, groupsWith),
    ...memberReads,
  });
}

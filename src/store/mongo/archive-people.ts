import { randomUUID } from 'node:crypto';
import type { User } from '../../core/user.ts';
import type { Shelf } from '../../ports/archive.ts';
import { createShelf } from './archive-shelf.ts';
import { userOf } from './user-document.ts';
import { type UserCollection, type UserRow, userKey } from './user-schema.ts';
import { userFields } from './user-shadow.ts';

/** Tombstones of saves that came too late have no organization; they are nobody. */
export const SOMEBODY = { organization: { $exists: true } } as const;

/** People as entries of an archive. */
export function createUserShelf(users: UserCollection): Shelf<User> {
  return createShelf<UserRow, User>({
    collection: users,
    filter: SOMEBODY,
    toEntry: userOf,
    toDocument: (user) => ({ _id: userKey(user.organizationId, user.id), writeId: randomUUID(), ...userFields(user) }),
  });
}

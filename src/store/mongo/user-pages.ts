import { AppError } from '../../core/errors.ts';
import type { User } from '../../core/user.ts';
import type { UserStore } from '../../ports/user-store.ts';
import { PERSON_FIELDS, userOf } from './user-document.ts';
import { both, idsAfter, queryOf } from './user-queries.ts';
import type { UserCollection } from './user-schema.ts';

const BY_CREATION = { _id: 1 } as const;

/**
 * Lists and totals, in the order of creation, which is that of the ids. Totals are counted in an index each time they are asked for:
 * nobody else's writes can make them wrong.
 */
export function createUserPages(users: UserCollection): Pick<UserStore, 'list' | 'count'> {
  return {
    async list(organization, condition, cursor, limit) {
      const query = both(idsAfter(organization, idIn(cursor)), queryOf(organization, condition));
      // Everybody is walked as they stand; a condition may have a better index.
      const walk = condition ? {} : { hint: BY_CREATION };
      const page = { limit: limit + 1, projection: PERSON_FIELDS, sort: BY_CREATION, batchSize: limit + 1, ...walk };
      const found = (await users.find(query, page).toArray()).map(userOf);
      const items = found.slice(0, limit);
      return { items, next: found.length > limit ? cursorAfter(items.at(-1)) : null };
    },
    count: (organization, condition) => users.countDocuments(queryOf(organization, condition)),
  };
}

const CURSOR = /^after\.([\w-]+)$/;

function cursorAfter(user: User | undefined): string | null {
  return user ? `after.${user.id}` : null;
}

/** A cursor names the person last shown. */
function idIn(cursor: string | null): string {
  if (cursor === null) return '';
  const id = CURSOR.exec(cursor)?.[1];
  if (id === undefined) throw new AppError('invalid', 'this cursor was not given out by this list');
  return id;
}

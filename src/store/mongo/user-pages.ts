import { AppError } from '../../core/errors.ts';
import type { User } from '../../core/user.ts';
import type { Condition } from '../../ports/condition.ts';
import type { ScimQuery, UserStore } from '../../ports/user-store.ts';
import { conditionQuery, type Query } from './conditions.ts';
import type { FindOptions } from './driver.ts';
import { PERSON_FIELDS, userOf } from './user-document.ts';
import { type UserCollection, userKey } from './user-schema.ts';
import { UNOWNED } from './user-shadow.ts';

type UserPages = Pick<UserStore, 'list' | 'count' | 'listForScim'>;

/** People read at a time while a filter decides row by row. */
const BATCH = 200;
const BY_CREATION = { _id: 1 } as const;

/**
 * Lists and totals, in the order of creation, which is that of the ids. Totals are counted in an index each time they are asked for:
 * nobody else's writes can make them wrong.
 */
export function createUserPages(users: UserCollection): UserPages {
  async function read(query: Query, options: FindOptions & { readonly limit: number }): Promise<readonly User[]> {
    const page = { ...options, projection: PERSON_FIELDS, sort: BY_CREATION, batchSize: options.limit };
    return (await users.find(query, page).toArray()).map(userOf);
  }

  async function filterVisible(query: ScimQuery, visible: Query, accepts: (user: User) => boolean) {
    const users: User[] = [];
    let total = 0;
    for (let after: string | null = ''; after !== null; ) {
      const batch: readonly User[] = await read(both(visible, idsAfter(query.organizationId, after)), { limit: BATCH });
      for (const user of batch.filter(accepts)) {
        if (total >= query.offset && users.length < query.limit) users.push(user);
        total++;
      }
      after = batch.length < BATCH ? null : (batch.at(-1)?.id ?? null);
    }
    return { users, total };
  }

  return {
    async list(organization, condition, cursor, limit) {
      const page = both(idsAfter(organization, idIn(cursor)), queryOf(organization, condition));
      // Everybody is walked as they stand; a condition may have a better index.
      const found = await read(page, { limit: limit + 1, ...(condition ? {} : { hint: BY_CREATION }) });
      const items = found.slice(0, limit);
      return { items, next: found.length > limit ? cursorAfter(items.at(-1)) : null };
    },
    count: (organization, condition) => users.countDocuments(queryOf(organization, condition)),
    async listForScim(query) {
      const { organizationId, connectionId, condition, accepts, limit, offset } = query;
      const scope = { scope: { $in: [UNOWNED, connectionId] } };
      const visible = both(queryOf(organizationId, condition), scope);
      if (accepts) return filterVisible(query, visible, accepts);
      const found = limit > 0 ? await read(visible, { limit, skip: offset }) : [];
      const isLast = found.length < limit && (found.length > 0 || offset === 0);
      return { users: found, total: isLast ? offset + found.length : await users.countDocuments(visible) };
    },
  };
}

function queryOf(organization: string, condition: Condition | null | undefined): Query {
  return condition ? both({ organization }, conditionQuery(condition, organization)) : { organization };
}

/** Fields of the second query that the first one has too are put beside it, so that none is lost. */
function both(first: Query, second: Query): Query {
  const clash = Object.keys(second).some((name) => Object.hasOwn(first, name) && first[name] !== second[name]);
  return clash ? { $and: [first, second] } : { ...first, ...second };
}

/** People created after somebody, by the key; `0` is what comes after `/`. */
function idsAfter(organization: string, id: string): Query {
  return { _id: { $gt: userKey(organization, id), $lt: `${organization}0` } };
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

import { foreignCursor } from '../../core/errors.ts';
import type { Status, User } from '../../core/user.ts';
import type { Condition } from '../../ports/condition.ts';
import type { StatusCounts, UserStore } from '../../ports/user-store.ts';
import { cursorOf, keyIn } from '../list-cursor.ts';
import { orderedReads } from './ordered-reads.ts';
import { createReadOrdered, keyAfter } from './read-ordered.ts';
import { PERSON_FIELDS, userOf } from './user-document.ts';
import { both, idsAfter, queryOf } from './user-queries.ts';
import type { UserCollection } from './user-schema.ts';

const BY_CREATION = { _id: 1 } as const;

type Order = NonNullable<Parameters<UserStore['list']>[4]>;

const STATUSES: readonly Status[] = ['unprovisioned', 'active', 'deactivated', 'terminated'];

/**
 * Lists and totals, unless told otherwise in the order of creation, which is that of the ids. Totals are counted in an index each
 * time they are asked for: nobody else's writes can make them wrong.
 */
export function createUserPages(users: UserCollection): Pick<UserStore, 'list' | 'count' | 'countByStatus'> {
  const readOrdered = createReadOrdered(users);

  async function readInOrder(
    organizationId: string,
    condition: Condition | null,
    order: Order,
    cursor: string | null,
    limit: number,
  ) {
    const reads = orderedReads(order);
    const from = { after: keyIn(order, cursor) };
    const visible = queryOf(organizationId, condition);
    const rows = await readOrdered(reads, { organizationId, visible, narrow: condition !== null, from }, limit + 1);
    const key = rows.length > limit ? keyAfter(reads, rows[limit - 1]) : null;
    return { items: rows.slice(0, limit).map(userOf), next: key === null ? null : cursorOf(order, key) };
  }

  return {
    async list(organization, condition, cursor, limit, order) {
      if (order) return readInOrder(organization, condition, order, cursor, limit);
      const query = both(idsAfter(organization, idIn(cursor)), queryOf(organization, condition));
      // Everybody is walked as they stand; a condition may have a better index.
      const walk = condition ? {} : { hint: BY_CREATION };
      const page = { limit: limit + 1, projection: PERSON_FIELDS, sort: BY_CREATION, batchSize: limit + 1, ...walk };
      const found = (await users.find(query, page).toArray()).map(userOf);
      const items = found.slice(0, limit);
      return { items, next: found.length > limit ? cursorAfter(items.at(-1)) : null };
    },
    count: (organization, condition) => users.countDocuments(queryOf(organization, condition)),
    async countByStatus(organization, condition) {
      const selected = queryOf(organization, condition);
      const totals = await Promise.all(STATUSES.map((status) => users.countDocuments(both(selected, { status }))));
      return Object.fromEntries(STATUSES.map((status, n) => [status, totals[n] ?? 0])) as unknown as StatusCounts;
    },
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
  if (id === undefined) throw foreignCursor();
  return id;
}

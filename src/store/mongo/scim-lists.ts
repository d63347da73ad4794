import type { User } from '../../core/user.ts';
import type { ScimPage, ScimQuery, UserStore } from '../../ports/user-store.ts';
import { type Candidates, checkScan, scanUsers } from '../scan-users.ts';
import type { Query } from './field-queries.ts';
import { CREATED, isId, orderedReads } from './ordered-reads.ts';
import { createReadOrdered, keyAfter } from './read-ordered.ts';
import { createRecentCounts } from './recent-counts.ts';
import { PERSON_FIELDS, userOf } from './user-document.ts';
import { both, idsAfter, queryOf } from './user-queries.ts';
import { type UserCollection, userKey } from './user-schema.ts';
import { UNOWNED } from './user-shadow.ts';

/** People read at a time while a filter decides row by row. */
const BATCH = 500;

/** Lists for SCIM: by default in the order of creation, which is that of the ids. Totals are counted in an index. */
export function createScimLists(users: UserCollection): Pick<UserStore, 'listForScim'> {
  const totals = createRecentCounts();
  const readRows = createReadOrdered(users);

  async function readPage(query: ScimQuery, visible: Query): Promise<ScimPage> {
    const { limit, from, order } = query;
    const count = () => totals.count(JSON.stringify(visible), () => users.countDocuments(visible));
    if (limit === 0) return { users: [], total: await count(), next: null };
    const reads = order && 'field' in order ? orderedReads(order) : CREATED;
    const { organizationId, condition } = query;
    const ordered = { organizationId, visible, narrow: condition !== undefined, from };
    const rows = await readRows(reads, ordered, limit + 1);
    const shown = rows.slice(0, limit);
    const before = 'offset' in from ? from.offset : from.after === null ? 0 : null;
    const isWhole = before !== null && rows.length <= limit && (rows.length > 0 || before === 0);
    const next = rows.length > limit ? keyAfter(reads, shown.at(-1)) : null;
    const total = isWhole ? before + rows.length : await count();
    return { users: shown.map(userOf), total, next };
  }

  function candidatesOf({ organizationId }: ScimQuery, visible: Query): Candidates<string> {
    const find = async (query: Query): Promise<readonly User[]> => {
      const batch = { projection: PERSON_FIELDS, sort: { _id: 1 }, limit: BATCH, batchSize: BATCH } as const;
      return (await users.find(both(visible, query), batch).toArray()).map(userOf);
    };
    return {
      batch: BATCH,
      isPlace: isId,
      read: async (after) =>
        (await find(idsAfter(organizationId, after ?? ''))).map((user) => ({ user, place: user.id })),
      async load(ids) {
        const found = await find({ _id: { $in: ids.map((id) => userKey(organizationId, id)) } });
        return new Map(found.map((user) => [user.id, user]));
      },
    };
  }

  return {
    async listForScim(query) {
      const { organizationId, connectionId, accepts, order } = query;
      const scope = { scope: { $in: [UNOWNED, connectionId] } };
      await checkScan(query, (condition, limit) =>
        users.countDocuments(both(queryOf(organizationId, condition), scope), { limit }),
      );
      const visible = both(queryOf(organizationId, query.condition), scope);
      const looks = accepts !== undefined || (order !== undefined && 'keyOf' in order);
      return looks ? scanUsers(query, candidatesOf(query, visible)) : readPage(query, visible);
    },
  };
}

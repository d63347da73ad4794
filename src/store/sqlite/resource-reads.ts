import { foreignCursor } from '../../core/errors.ts';
import type { ResourceQuery, ResourceStore } from '../../ports/resource-store.ts';
import type { Counters } from './counters.ts';
import type { Database } from './database.ts';
import { type Fragment, LIMIT, TRUE } from './fragments.ts';
import type { Interning } from './interning.ts';
import { resourceConditionSql } from './resource-conditions.ts';
import { resourceOf, spaceText } from './resource-rows.ts';
import { RESOURCE_COUNTER } from './save-resources.ts';
import type { Row } from './statements.ts';
import { distinct } from './user-lookups.ts';

/** Resources by id and in lists, in the order of creation, which is that of the row numbers. */
export function createResourceReads(
  { sql }: Database,
  names: Interning,
  counters: Counters,
): Pick<ResourceStore, 'get' | 'getMany' | 'removed' | 'list'> {
  const byId = sql('SELECT document FROM resources WHERE space = ? AND id = ?');
  const byIds = sql(`SELECT r.id, r.document FROM json_each(?2) j
    CROSS JOIN resources r ON r.space = ?1 AND r.id = j.value ORDER BY r.n`);
  const removed = sql(`SELECT x.id FROM json_each(?2) j
    CROSS JOIN removed_resources x ON x.space = ?1 AND x.id = j.value`);

  function whereOf({ condition, organizationId, connectionId }: ResourceQuery): Fragment {
    if (!condition) return TRUE;
    return resourceConditionSql(condition, {
      organization: names.find(organizationId),
      connection: names.find(connectionId),
    });
  }

  function page(query: ResourceQuery, where: Fragment): readonly Row[] {
    const after = 'after' in query.from ? rowNumber(query.from.after) : 0;
    const offset = 'offset' in query.from ? query.from.offset : 0;
    const statement = sql(`SELECT r.n, r.document FROM resources r
      WHERE r.space = ? AND r.n > ? AND ${where.sql} ORDER BY r.n ${LIMIT} OFFSET (? + 0)`);
    return statement.all(names.find(spaceText(query)), after, ...where.values, query.limit + 1, offset);
  }

  function count(query: ResourceQuery, where: Fragment): number {
    const space = names.find(spaceText(query));
    if (!query.condition) return counters.sum(space, [RESOURCE_COUNTER]);
    const total = sql(`SELECT count(*) AS total FROM resources r WHERE r.space = ? AND ${where.sql}`);
    return Number(total.get(space, ...where.values)?.total);
  }

  return {
    async get(space, id) {
      const row = byId.get(names.find(spaceText(space)), id);
      return row ? resourceOf(row) : null;
    },
    async getMany(space, ids) {
      const rows = byIds.all(names.find(spaceText(space)), distinct(ids));
      return new Map(rows.map((row) => [row.id as string, resourceOf(row)]));
    },
    async removed(space, ids) {
      const rows = removed.all(names.find(spaceText(space)), distinct(ids));
      return new Set(rows.map(({ id }) => id as string));
    },
    async list(query) {
      const where = whereOf(query);
      const rows = query.limit > 0 ? page(query, where) : [];
      const shown = rows.slice(0, query.limit);
      const next = rows.length > shown.length ? String(shown.at(-1)?.n) : null;
      return { resources: shown.map(resourceOf), total: count(query, where), next };
    },
  };
}

/** A key is the number of the row last shown. */
function rowNumber(key: string | null): number {
  if (key === null) return 0;
  if (!/^\d{1,15}$/.test(key)) throw foreignCursor();
  return Number(key);
}

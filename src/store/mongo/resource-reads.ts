import { foreignCursor } from '../../core/errors.ts';
import type { ResourceQuery, ResourceStore } from '../../ports/resource-store.ts';
import type { Query } from './field-queries.ts';
import { type GroupsWith, resourceConditionQuery } from './resource-conditions.ts';
import { type ResourceCollections, resourceKey, resourceOf, spaceKey } from './resource-schema.ts';

const BY_CREATION = { id: 1 } as const;
/** The index of everything there is: a condition may have a better one. */
const EVERYTHING = { space: 1, id: 1 } as const;
const BATCH = 1_000;

/** Resources by id and in lists, in the order of creation, which is that of the ids. */
export function createResourceReads(
  { resources }: ResourceCollections,
  groupsWith: GroupsWith,
): Pick<ResourceStore, 'get' | 'getMany' | 'removed' | 'list'> {
  const keysOf = (space: string, ids: readonly string[]) => [...new Set(ids)].map((id) => resourceKey(space, id));

  async function read(query: ResourceQuery, selected: Query) {
    const { from, limit, condition } = query;
    const after = 'after' in from && from.after !== null ? idIn(from.after) : '';
    const found = await resources
      .find(after === '' ? selected : { $and: [selected, { id: { $gt: after } }] }, {
        projection: { _id: 0, document: 1 },
        sort: BY_CREATION,
        limit: limit + 1,
        batchSize: limit + 2,
        ...('offset' in from ? { skip: from.offset } : {}),
        ...(condition ? {} : { hint: EVERYTHING }),
      })
      .toArray();
    return found.map(resourceOf);
  }

  return {
    async get(place, id) {
      const space = spaceKey(place);
      const row = await resources.findOne({ _id: resourceKey(space, id), space }, { projection: { document: 1 } });
      return row ? resourceOf(row) : null;
    },
    async getMany(place, ids) {
      const space = spaceKey(place);
      const query = { _id: { $in: keysOf(space, ids) }, space };
      const rows = await resources.find(query, { projection: { id: 1, document: 1 }, batchSize: BATCH }).toArray();
      const found = new Map(rows.map((row) => [row.id, resourceOf(row)]));
      return new Map([...new Set(ids)].flatMap((id) => entry(id, found.get(id))));
    },
    async removed(place, ids) {
      const space = spaceKey(place);
      const query = { _id: { $in: keysOf(space, ids) }, removedFrom: space };
      return new Set((await resources.find(query, { projection: { id: 1 }, batchSize: BATCH }).toArray()).map(idOf));
    },
    async list(query) {
      const space = spaceKey(query);
      const condition = query.condition ? await resourceConditionQuery(query, query.condition, groupsWith) : {};
      const selected = { ...condition, space };
      const found = query.limit > 0 ? await read(query, selected) : [];
      const shown = found.slice(0, query.limit);
      const isLast = 'offset' in query.from && query.limit > 0 && found.length <= query.limit;
      const isCounted = isLast && (found.length > 0 || query.from.offset === 0);
      return {
        resources: shown,
        total: isCounted ? query.from.offset + found.length : await resources.countDocuments(selected),
        next: found.length > shown.length ? keyAfter(shown.at(-1)) : null,
      };
    },
  };
}

const idOf = ({ id }: { readonly id: string }) => id;

function entry<T>(id: string, found: T | undefined): readonly (readonly [string, T])[] {
  return found === undefined ? [] : [[id, found]];
}

const KEY = /^after\.([\w-]+)$/;

/** A key names the resource last shown. */
function keyAfter(resource: { readonly id: string } | undefined): string | null {
  return resource ? `after.${resource.id}` : null;
}

function idIn(key: string): string {
  const id = KEY.exec(key)?.[1];
  if (id === undefined) throw foreignCursor();
  return id;
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { compareText } from '../src/core/compare-text.ts';
import { isList, type Json } from '../src/core/json.ts';
import type { ScimResource } from '../src/core/scim-resource.ts';
import type { ResourceCondition } from '../src/ports/resource-store.ts';
import type { SortValue } from '../src/ports/user-store.ts';
import type { ProvisionResource } from '../src/services/provision-resource.ts';
import { kindOf } from './claims.ts';
import type { FilterNode } from './filter/ast.ts';
import { mentions } from './filter/mentions.ts';
import { placeReaders, viewPredicate } from './filter/predicate.ts';
import type { ListedResources } from './list-resources.ts';
import type { ListQuery } from './lists/list-query.ts';
import { type SortPath, sortValue } from './lists/sort.ts';
import { withMembers } from './members.ts';
import { LIMITS } from './messages/limits.ts';
import { parseJson } from './messages/parse-json.ts';
import { invalidCursor, tooMany } from './messages/scim-error.ts';
import type { AskedResource } from './resources.ts';
import { visibleBy } from './schema/opaque-view.ts';
import { type ResourceView, resourceView } from './schema/resource-view.ts';

/** A list that no index gives: what it is chosen by, and put in order by. */
interface ScanQuery extends Pick<ListQuery, 'from' | 'limit' | 'scanLimit'> {
  /** What an index can say of the filter. */
  readonly condition: ResourceCondition | undefined;
  readonly filter: FilterNode | undefined;
  /** The path to order by; absent = the order of creation. */
  readonly sort: SortPath | undefined;
}

/** Where a resource stands in the list: by value, then by creation. It is also the key of a page that starts after it. */
type Position = readonly [value: SortValue, created: string, id: string];

interface Found {
  readonly resource: ScimResource;
  readonly position: Position;
}

/** Resources read at once. */
const AT_ONCE = 200;

/** Looks at all resources that the condition selects, chooses and orders. Throws 400 `tooMany` when they are more than the limit. */
export async function scanResources(
  service: ProvisionResource,
  asked: AskedResource,
  query: ScanQuery & { readonly descending: boolean },
): Promise<ListedResources> {
  const { from, limit, descending } = query;
  const direction = descending ? -1 : 1;
  const found = await findAll(service, asked, query);
  found.sort((left, right) => direction * comparePositions(left.position, right.position));
  const start = 'offset' in from ? from.offset : startAfter(found, from.after, direction);
  const page = found.slice(start, start + limit);
  const last = start + limit < found.length ? page.at(-1) : undefined;
  const next = last ? JSON.stringify(last.position) : null;
  return { resources: page.map(({ resource }) => resource), total: found.length, next };
}

async function findAll(service: ProvisionResource, asked: AskedResource, query: ScanQuery): Promise<Found[]> {
  const look = looker(service, asked, query);
  const found: Found[] = [];
  let after: string | null = null;
  do {
    const kind = kindOf(asked.type);
    const page = await service.list(asked.caller, kind, {
      condition: query.condition,
      from: { after },
      limit: AT_ONCE,
    });
    if (page.total > query.scanLimit)
      throw tooMany(
        `more than ${query.scanLimit} resources would have to be looked at one by one; narrow the filter with "and" and displayName eq, externalId eq, id eq or members.value eq`,
      );
    found.push(...(await look(page.resources)));
    after = page.next;
    await nextTurn();
  } while (after !== null);
  return found;
}

/** Chooses and places; members are read only where somebody asks for them. */
function looker(service: ProvisionResource, { caller, type, baseUrl }: AskedResource, { filter, sort }: ScanQuery) {
  const locate = (id: string) => `${baseUrl}${type.document.endpoint}/${id}`;
  const holds = filter ? viewPredicate(filter, locate) : () => true;
  const readers = placeReaders(locate);
  const rank = (view: ResourceView): SortValue =>
    sort ? sortValue(sort, readers[sort.attribute.place](view, sort.attribute)) : null;
  const needsMembers = sort?.attribute.place === 'members' || (filter !== undefined && mentions(filter, 'members'));
  let members = 0;
  return async function look(resources: readonly ScimResource[]): Promise<readonly Found[]> {
    const views = needsMembers
      ? await withMembers(service, { caller, kind: kindOf(type), baseUrl }, resources)
      : resources.map((resource) => visibleBy(type.schema, resourceView(resource)));
    for (const view of views) members += view.members?.length ?? 0;
    if (members > LIMITS.scannedMembers)
      throw tooMany(`more than ${LIMITS.scannedMembers} members would have to be looked at; ask for members.value eq`);
    const positions = new Map(
      views.filter(holds).map((view) => [view.scimId, [rank(view), view.created, view.scimId] as const]),
    );
    return resources.flatMap((resource) => {
      const position = positions.get(resource.id);
      return position ? [{ resource, position }] : [];
    });
  };
}

/** Who comes after the key, whether or not the one it names is still there. */
function startAfter(found: readonly Found[], key: string | null, direction: number): number {
  if (key === null) return 0;
  const position = readPosition(parseJson(key));
  const start = found.findIndex((one) => direction * comparePositions(one.position, position) > 0);
  return start < 0 ? found.length : start;
}

function readPosition(key: Json | undefined): Position {
  if (!isList(key) || key.length !== 3) throw invalidCursor();
  const [value, created, id] = key;
  if (typeof value === 'object' && value !== null) throw invalidCursor();
  return [value ?? null, String(created), String(id)];
}

function comparePositions([value, created, id]: Position, [otherValue, otherCreated, otherId]: Position): number {
  return compareValues(value, otherValue) || compareText(created, otherCreated) || compareText(id, otherId);
}

/** Without a value comes last (RFC 7644 §3.4.2.3). */
function compareValues(left: SortValue, right: SortValue): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  return Number(left) - Number(right);
}

import { isAppError } from '../src/core/errors.ts';
import type { ScimResource } from '../src/core/scim-resource.ts';
import type { ResourceField } from '../src/ports/resource-store.ts';
import type { ProvisionResource } from '../src/services/provision-resource.ts';
import { kindOf } from './claims.ts';
import type { FilterNode } from './filter/ast.ts';
import { type IndexedFields, narrow } from './filter/condition.ts';
import { parseFilter } from './filter/parse.ts';
import { settle } from './filter/settle.ts';
import type { ListQuery } from './lists/list-query.ts';
import { findSortPath } from './lists/sort.ts';
import { invalidCursor } from './messages/scim-error.ts';
import type { AskedResource } from './resources.ts';
import { scanResources } from './scan-resources.ts';
import type { ResourceSchema } from './schema/attribute.ts';

export interface ListedResources {
  readonly resources: readonly ScimResource[];
  readonly total: number;
  /** What the next page starts after; null when there is none. */
  readonly next: string | null;
}

const NOTHING: ListedResources = { resources: [], total: 0, next: null };

/**
 * The resources a page shows: by an index of the store as far as one serves, else looked at one by one, within the limit. In the
 * order of creation unless another one is asked for.
 */
export async function listResources(
  service: ProvisionResource,
  asked: AskedResource,
  query: ListQuery,
): Promise<ListedResources> {
  const { caller, type } = asked;
  const filter = readFilter(asked, query.filter);
  if (filter === false) return NOTHING;
  const { condition, exact } = narrowed(filter, type.schema);
  const sort = query.sort && findSortPath(type.schema, query.sort.by);
  if (!exact || sort) {
    const descending = sort !== undefined && query.sort?.descending === true;
    return scanResources(service, asked, { ...query, condition, filter: exact ? undefined : filter, sort, descending });
  }
  try {
    return await service.list(caller, kindOf(type), { condition, from: query.from, limit: query.limit });
  } catch (error) {
    if (isAppError(error, 'invalid')) throw invalidCursor();
    throw error;
  }
}

/** False when nothing can satisfy the filter; undefined when everything does. */
function readFilter({ type, dialect }: AskedResource, text: string | undefined): FilterNode | false | undefined {
  if (text === undefined) return undefined;
  const settled = settle(parseFilter(text, type.schema, dialect), type.schema, type.document.name);
  return settled === true ? undefined : settled;
}

function narrowed(filter: FilterNode | undefined, schema: ResourceSchema) {
  return filter ? narrow(filter, fieldsOf(schema)) : { condition: undefined, exact: true };
}

/** What the store has an index for; names only where they are compared as it compares them. */
function fieldsOf({ byKey }: ResourceSchema): IndexedFields<ResourceField> {
  const fields = new Map<string, ResourceField>([
    ['id', 'id'],
    ['externalId', 'externalId'],
    ['meta.created', 'created'],
    ['meta.lastModified', 'lastModified'],
    ['members.value', 'member'],
  ]);
  const name = byKey.get('displayName');
  if (name?.type === 'string' && !name.multiValued && !name.caseExact) fields.set('displayName', 'displayName');
  return fields;
}

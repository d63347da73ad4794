import type { SortRequest } from '../lists/list-query.ts';
import { LIMITS } from '../messages/limits.ts';
import { invalidValue, quote } from '../messages/scim-error.ts';
import type { ResourceSchema } from '../schema/attribute.ts';
import { byDefault, onlyAttributes, type Projection, withoutAttributes } from '../schema/projection.ts';

/** Query parameters by folded name; unknown ones are there too and harm nobody. */
export type Query = ReadonlyMap<string, string>;

const NO_PARAMETERS: Query = new Map();

/**
 * Reads the query part of a URL ("+" is a space). Throws 400 `invalidValue` for a parameter given twice, in whatever case, and for
 * names in brackets: both are ways to slip structure past a parser.
 */
export function readQuery(text: string): Query {
  if (text === '') return NO_PARAMETERS;
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    const folded = name.toLowerCase();
    if (query.has(folded)) throw invalidValue(`the query parameter ${quote(name)} is given twice`);
    if (name.includes('[')) throw invalidValue(`there is no query parameter ${quote(name)}`);
    query.set(folded, value);
  }
  return query;
}

/** By 1-based index, or by cursor; the first page of a cursor has an empty one. */
export type Paging = { readonly count: number } & ({ readonly startIndex: number } | { readonly cursor: string });

/**
 * Reads how a list is paged: by index (RFC 7644 §3.4.2.4) unless there is a cursor (RFC 9865). Throws 400 `invalidValue` for what is
 * no whole number, and for both ways at once.
 */
export function readPaging(query: Query): Paging {
  const asked = readInteger(query, 'count') ?? LIMITS.defaultPage;
  const count = Math.min(Math.max(asked, 0), LIMITS.largestPage);
  const startIndex = readInteger(query, 'startIndex');
  const cursor = query.get('cursor');
  if (cursor === undefined)
    return { count, startIndex: Math.min(Math.max(startIndex ?? 1, 1), Number.MAX_SAFE_INTEGER) };
  if (startIndex !== undefined) throw invalidValue('cursor and startIndex exclude each other');
  return { count, cursor };
}

/**
 * Reads the order of a list (RFC 7644 §3.4.2.3): ascending unless told; without `sortBy` there is none. Throws 400 `invalidValue` for
 * any other direction.
 */
export function readSort(query: Query): SortRequest | undefined {
  const by = query.get('sortby')?.trim().toLowerCase();
  const order = query.get('sortorder')?.trim().toLowerCase() || 'ascending';
  if (order !== 'ascending' && order !== 'descending')
    throw invalidValue(`sortOrder must be ascending or descending, not ${quote(order)}`);
  return by ? { by, descending: order === 'descending' } : undefined;
}

function readInteger(query: Query, name: string): number | undefined {
  const text = query.get(name.toLowerCase());
  if (text === undefined) return undefined;
  if (!/^[+ -]?\d+$/.test(text)) throw invalidValue(`${name} must be a whole number, not ${quote(text)}`);
  return Number(text);
}

/**
 * What the client wants to see of a resource; undefined = the default. Throws 400 `invalidValue` when it names both what to show
 * and what to leave out (RFC 7644 §3.9).
 */
export function readProjection(query: Query, schema: ResourceSchema): Projection | undefined {
  const only = query.get('attributes')?.trim();
  const without = query.get('excludedattributes')?.trim();
  if (only && without) throw invalidValue('attributes and excludedAttributes exclude each other');
  if (only) return onlyAttributes(schema, only);
  return without ? withoutAttributes(schema, without) : byDefault(schema);
}

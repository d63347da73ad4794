import { LIMITS } from '../messages/limits.ts';
import { invalidValue, quote, ScimError } from '../messages/scim-error.ts';
import type { ResourceSchema } from '../schema/attribute.ts';
import { onlyAttributes, type Projection, withoutAttributes } from '../schema/projection.ts';

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

export interface Paging {
  /** 1-based. */
  readonly startIndex: number;
  readonly count: number;
}

/**
 * Reads index paging (RFC 7644 §3.4.2.4). Throws 400 `invalidValue` for what is no whole number, 501 for cursors, which are not
 * promised.
 */
export function readPaging(query: Query): Paging {
  if (query.has('cursor')) throw new ScimError(501, 'cursor paging is not supported; use startIndex and count');
  const startIndex = readInteger(query, 'startIndex') ?? 1;
  const count = readInteger(query, 'count') ?? LIMITS.defaultPage;
  return {
    startIndex: Math.min(Math.max(startIndex, 1), Number.MAX_SAFE_INTEGER),
    count: Math.min(Math.max(count, 0), LIMITS.largestPage),
  };
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
  return without ? withoutAttributes(schema, without) : undefined;
}

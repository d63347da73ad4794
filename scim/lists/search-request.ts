import { isList, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Dialect } from '../filter/literal.ts';
import { foldedMembers, requireSchema } from '../messages/folded-members.ts';
import { invalidSyntax, invalidValue } from '../messages/scim-error.ts';
import { SEARCH_REQUEST } from '../schema/urns.ts';

type Reader = (value: Json) => string | undefined;

const text: Reader = (value) => (typeof value === 'string' ? value : undefined);
const integer: Reader = (value) => (typeof value === 'number' ? String(value) : text(value));
const names: Reader = (value) => {
  const list = isList(value) ? value : [value];
  return list.every((name) => typeof name === 'string') ? list.join(',') : undefined;
};

/** The members of a SearchRequest by folded name, each as the query parameter of the same name. */
const MEMBERS: ReadonlyMap<string, Reader> = new Map([
  ['attributes', names],
  ['excludedattributes', names],
  ['filter', text],
  ['sortby', text],
  ['sortorder', text],
  ['startindex', integer],
  ['count', integer],
  ['cursor', text],
]);

/**
 * Reads a SearchRequest (RFC 7644 §3.4.3) as the query parameters it stands for; null is as absent, and what else there is, is
 * ignored. Throws 400 `invalidSyntax` for a member named twice and, in `strict`, without the schema; `invalidValue` for a member of
 * another type.
 */
export function readSearchRequest(body: JsonObject, dialect: Dialect): ReadonlyMap<string, string> {
  const members = foldedMembers(body);
  if (members.size < Object.keys(body).length) throw invalidSyntax('a member of the search is given twice');
  if (dialect === 'strict') requireSchema(members, SEARCH_REQUEST);
  const query = new Map<string, string>();
  for (const [name, read] of MEMBERS) {
    const value = members.get(name);
    if (value === undefined || value === null) continue;
    const parameter = read(value);
    if (parameter === undefined) throw invalidValue(`${name} has a value of the wrong type`);
    query.set(name, parameter);
  }
  return query;
}

import { isList, type Json, type JsonObject } from '../../src/core/json.ts';
import { invalidSyntax } from './scim-error.ts';

/** The members of a message by folded name: clients write them in any case. */
export type FoldedMembers = ReadonlyMap<string, Json>;

export function foldedMembers(object: JsonObject): FoldedMembers {
  return new Map(Object.entries(object).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Throws 400 `invalidSyntax` unless the message says that it is one of these. */
export function requireSchema(members: FoldedMembers, urn: string): void {
  const schemas = members.get('schemas');
  const named = isList(schemas) && schemas.some((name) => String(name).toLowerCase() === urn.toLowerCase());
  if (!named) throw invalidSyntax(`schemas must name ${urn}`);
}

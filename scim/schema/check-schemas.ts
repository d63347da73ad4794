import { isList, type JsonObject } from '../../src/core/json.ts';
import { foldedMembers } from '../messages/folded-members.ts';
import { invalidSyntax, invalidValue, quote } from '../messages/scim-error.ts';
import type { ResourceSchema } from './attribute.ts';

/**
 * Holds a body to what RFC 7643 §3 says of `schemas`: it is there, names the core schema, names nothing twice, and nothing, there or
 * among the members, that this server does not know. Throws 400; for the strict dialect.
 */
export function checkSchemas(schema: ResourceSchema, body: JsonObject): void {
  const sent = foldedMembers(body).get('schemas');
  const urns = isList(sent) ? sent.map(String) : [];
  const folded = urns.map((urn) => urn.toLowerCase());
  if (!folded.includes(schema.core.urn.toLowerCase())) throw invalidSyntax(`schemas must name ${schema.core.urn}`);
  if (new Set(folded).size < folded.length) throw invalidSyntax('schemas must name nothing twice');
  for (const urn of [...urns, ...Object.keys(body).filter(isUrn)]) refuseUnknownSchema(schema, urn);
}

/** Throws 400 `invalidValue` when a name is a URN of which the schema knows nothing. */
export function refuseUnknownSchema({ parts, paths }: ResourceSchema, name: string): void {
  const folded = name.toLowerCase();
  if (!parts.has(folded) && !paths.has(folded)) throw invalidValue(`there is no schema ${quote(name)}`);
}

const isUrn = (name: string): boolean => name.toLowerCase().startsWith('urn:');

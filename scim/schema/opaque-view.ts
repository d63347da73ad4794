import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Attributes } from '../../src/core/user.ts';
import { ScimError } from '../messages/scim-error.ts';
import type { Attribute, ResourceSchema } from './attribute.ts';
import { opaqueText, readOpaque } from './opaque-text.ts';
import { readValue } from './read-value.ts';

interface Opaque {
  readonly attributes: Attributes;
  readonly opaque: string | undefined;
}

/**
 * Reads opaque content whose schema has been configured since as what it is now; what does not fit the schema is not shown, and goes
 * with the next write. A view without such content is returned as it is.
 */
export function adoptOpaque<View extends Opaque>(schema: ResourceSchema, view: View): View {
  if (view.opaque === undefined) return view;
  const content = Object.entries(readOpaque(view.opaque)).filter(isExtension);
  const unknown = content.filter(([urn]) => !schema.parts.has(urn.toLowerCase()));
  if (unknown.length === content.length) return view;
  const attributes: { [name: string]: Json } = { ...view.attributes };
  for (const [urn, members] of content) adoptMembers(schema, attributes, urn, members);
  return { ...view, attributes, opaque: opaqueText(unknown) };
}

/** The same, without what is stored under schemas that are not configured any more: what filters and orders may look at. */
export function visibleBy<View extends Opaque>(schema: ResourceSchema, view: View): View {
  const adopted = adoptOpaque(schema, view);
  const gone: string[] = [];
  for (const key in adopted.attributes) if (!schema.byKey.has(key)) gone.push(key);
  if (gone.length === 0) return adopted;
  const attributes: { [name: string]: Json } = { ...adopted.attributes };
  for (const key of gone) delete attributes[key];
  return { ...adopted, attributes };
}

function isExtension(entry: [string, Json]): entry is [string, JsonObject] {
  return isObject(entry[1]);
}

function adoptMembers(
  schema: ResourceSchema,
  attributes: { [name: string]: Json },
  urn: string,
  members: JsonObject,
): void {
  if (!schema.parts.has(urn.toLowerCase())) return;
  for (const name of Object.keys(members)) {
    const path = schema.paths.get(`${urn}:${name}`.toLowerCase());
    if (!path || path.sub || !path.attribute.kept || path.attribute.mutability === 'readOnly') continue;
    const value = tryRead(path.attribute, members[name] ?? null);
    if (value !== null) attributes[path.attribute.key] = value;
  }
}

function tryRead(attribute: Attribute, sent: Json): Json {
  try {
    return readValue(attribute, sent);
  } catch (error) {
    if (error instanceof ScimError) return null;
    throw error;
  }
}

import { isList, isObject, type Json, type JsonObject } from '../../src/core/json.ts';

const REFERENCE = /^bulkid:(.+)$/is;

/** The bulkId that a text stands for (RFC 7644 §3.7.2); undefined for any other text. */
export function bulkIdOf(text: string): string | undefined {
  return REFERENCE.exec(text)?.[1];
}

/** All bulkIds that are named anywhere in the data. */
export function referencesIn(data: Json | undefined, found: Set<string> = new Set()): ReadonlySet<string> {
  if (typeof data === 'string') {
    const bulkId = bulkIdOf(data);
    if (bulkId !== undefined) found.add(bulkId);
  } else if (isList(data)) for (const element of data) referencesIn(element, found);
  else if (isObject(data)) for (const name of Object.keys(data)) referencesIn(data[name], found);
  return found;
}

/** The data with ids in the place of references; those without an id yet stay. */
export function resolveReferences(data: Json, ids: ReadonlyMap<string, string>): Json {
  if (typeof data === 'string') return ids.get(bulkIdOf(data) ?? '') ?? data;
  if (isList(data)) return data.map((element) => resolveReferences(element, ids));
  if (!isObject(data)) return data;
  return mapMembers(data, (value) => resolveReferences(value, ids));
}

/**
 * The data without the values that need these references: a list loses the element, an object of attributes the attribute. What is
 * left can be created before the resources that are named.
 */
export function withoutReferences(data: JsonObject, bulkIds: ReadonlySet<string>): JsonObject {
  return mapMembers(data, (value, name) =>
    isObject(value) && isContainer(name) ? withoutReferences(value, bulkIds) : prune(value, bulkIds),
  );
}

/** The attributes that need these references, whole. */
export function onlyReferring(data: JsonObject, bulkIds: ReadonlySet<string>): JsonObject {
  return mapMembers(data, (value, name) => {
    if (isObject(value) && isContainer(name)) return emptyToNothing(onlyReferring(value, bulkIds));
    return [...referencesIn(value)].some((bulkId) => bulkIds.has(bulkId)) ? value : undefined;
  });
}

function prune(value: Json, bulkIds: ReadonlySet<string>): Json | undefined {
  const refers = (text: Json) => typeof text === 'string' && bulkIds.has(bulkIdOf(text) ?? '');
  if (refers(value)) return undefined;
  if (isList(value)) return value.map((element) => prune(element, bulkIds)).filter((element) => element !== undefined);
  if (!isObject(value)) return value;
  if (Object.values(value).some(refers)) return undefined;
  return mapMembers(value, (member) => prune(member, bulkIds));
}

/** An extension's attributes are in an object of their own under its URN. */
const isContainer = (name: string) => name.toLowerCase().startsWith('urn:');

const emptyToNothing = (object: JsonObject) => (Object.keys(object).length === 0 ? undefined : object);

function mapMembers(object: JsonObject, change: (value: Json, name: string) => Json | undefined): JsonObject {
  const members = Object.entries(object).flatMap(([name, value]): readonly (readonly [string, Json])[] => {
    const changed = change(value, name);
    return changed === undefined ? [] : [[name, changed]];
  });
  return Object.fromEntries(members);
}

import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';

/** Unknown extensions as one text, in a fixed order so that sending them again changes nothing; undefined without any. */
export function opaqueText(unknown: readonly (readonly [string, JsonObject])[]): string | undefined {
  if (unknown.length === 0) return undefined;
  const ordered = [...unknown].sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify(Object.fromEntries(ordered));
}

/** Unknown extensions as stored: an object keyed by URN. */
export function readOpaque(opaque: string): JsonObject {
  const content: Json = JSON.parse(opaque);
  return isObject(content) ? content : {};
}

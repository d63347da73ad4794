import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';
import type { SourceRecord } from './user.ts';

/** Name of the assertion that carries a person's address. */
export const EMAIL = 'email';
/** Name of the assertion that says whether a person is enabled. */
export const ENABLED = 'enabled';

/**
 * Everything a record asserts, as name and value: its attributes, the address and whether the person is enabled.
 *
 * A record that asserts a name but no displayName also asserts the displayName that follows from it, so that a lower source's
 * spelling never stands over a higher source's name.
 */
export function assertionsOf(record: SourceRecord): readonly (readonly [string, Json])[] {
  const { attributes } = record;
  const assertions: (readonly [string, Json])[] = [];
  for (const name in attributes) assertions.push([name, attributes[name] as Json]);
  if (!Object.hasOwn(attributes, 'displayName') && isObject(attributes.name)) {
    const derived = formattedName(attributes.name);
    if (derived !== null) assertions.push(['displayName', derived]);
  }
  if (record.email !== undefined) assertions.push([EMAIL, record.email]);
  if (record.enabled !== null) assertions.push([ENABLED, record.enabled]);
  return assertions;
}

/** The version at which an assertion took its present value; a derived displayName is as old as the name. */
export function stampOf(record: SourceRecord, assertion: string): number {
  return record.stamps[assertion] ?? (assertion === 'displayName' ? (record.stamps.name ?? 0) : 0);
}

/** The full name a SCIM `name` object stands for, or null when it holds none. */
export function formattedName(name: JsonObject): string | null {
  if (typeof name.formatted === 'string' && name.formatted.trim() !== '') return name.formatted;
  const parts = [name.givenName, name.familyName].filter((part) => typeof part === 'string' && part.trim() !== '');
  return parts.length > 0 ? parts.join(' ') : null;
}

import { isList, isObject, type Json } from './json.ts';

/** One text for all JSON values that say the same, whatever the order of their keys. Absent and undefined members are alike. */
export function canonicalText(value: Json | undefined): string {
  if (isList(value)) return `[${value.map(canonicalText).join()}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  return `{${names
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalText(value[name])}`)
    .join()}}`;
}

import { isList, isObject, type Json } from '../../src/core/json.ts';
import type { Attribute } from './attribute.ts';

type Simple = Exclude<Attribute['type'], 'complex'>;

/** What a stored value must be to be shown as one of the type; only the form, which was checked when it was written. */
const FORMS: Readonly<Record<Simple, 'string' | 'number' | 'boolean'>> = {
  string: 'string',
  reference: 'string',
  binary: 'string',
  dateTime: 'string',
  integer: 'number',
  decimal: 'number',
  boolean: 'boolean',
};

/**
 * What is shown of a stored value of a configured attribute: what the schema, as it now is, still knows and keeps; undefined when
 * that is nothing. The schema may have changed since the value was written.
 */
export function shownValue(attribute: Attribute, value: Json): Json | undefined {
  if (!attribute.kept) return undefined;
  if (!attribute.multiValued) return shownSingle(attribute, value);
  if (!isList(value)) return undefined;
  const shown = value.map((element) => shownSingle(attribute, element)).filter((element) => element !== undefined);
  return shown.length === 0 ? undefined : shown;
}

function shownSingle({ type, subAttributes }: Attribute, value: Json): Json | undefined {
  if (type !== 'complex') return typeof value === FORMS[type] ? value : undefined;
  if (!isObject(value)) return undefined;
  const shown: { [name: string]: Json } = {};
  for (const name of Object.keys(value)) {
    const sub = subAttributes.get(name.toLowerCase());
    const part = sub?.name === name ? shownValue(sub, value[name] ?? null) : undefined;
    if (part !== undefined) shown[name] = part;
  }
  return Object.keys(shown).length === 0 ? undefined : shown;
}

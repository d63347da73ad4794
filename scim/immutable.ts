import { isObject, type Json, type JsonObject, sameJson } from '../src/core/json.ts';
import type { Attributes } from '../src/core/user.ts';
import { mutability } from './messages/scim-error.ts';
import type { Attribute, ResourceSchema } from './schema/attribute.ts';

/**
 * What a PUT or PATCH asserts, with the immutable values that it leaves out. Throws 400 `mutability` when it changes or removes one
 * that was set before (RFC 7643 §7). Elements of a multi-valued attribute come and go, whatever is immutable in them.
 */
export function keepImmutable({ fixed }: ResourceSchema, former: Attributes, asserted: Attributes): Attributes {
  const kept: [string, Json][] = [];
  for (const attribute of fixed) {
    const { key } = attribute;
    const [before, after] = [former[key] ?? null, asserted[key]];
    if (before === null) continue;
    const next =
      attribute.mutability === 'immutable' ? same(attribute, before, after) : keepParts(attribute, before, after);
    if (next !== after && next !== undefined) kept.push([key, next]);
  }
  return kept.length === 0 ? asserted : { ...asserted, ...Object.fromEntries(kept) };
}

function same({ label }: Attribute, before: Json, after: Json | undefined): Json {
  if (after !== undefined && !sameJson(before, after)) throw mutability(`${label} cannot be changed once it is set`);
  return before;
}

/** The sub-attributes of a single complex value that are immutable stay, however the others change. */
function keepParts({ multiValued, subAttributes }: Attribute, before: Json, after: Json | undefined): Json | undefined {
  if (multiValued || !isObject(before)) return after;
  const next: JsonObject = isObject(after) ? after : {};
  const kept: [string, Json][] = [];
  for (const sub of subAttributes.values()) {
    const value = before[sub.name] ?? null;
    if (sub.mutability !== 'immutable' || value === null) continue;
    const told = after === null ? null : next[sub.name];
    if (told === undefined) kept.push([sub.name, value]);
    else same(sub, value, told);
  }
  return kept.length === 0 ? after : { ...next, ...Object.fromEntries(kept) };
}

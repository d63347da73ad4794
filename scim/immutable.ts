import { sameJson } from '../src/core/json.ts';
import type { Attributes } from '../src/core/user.ts';
import { mutability } from './messages/scim-error.ts';
import type { ResourceSchema } from './schema/attribute.ts';

/**
 * What a PUT or PATCH asserts, with the immutable values that it leaves out. Throws 400 `mutability` when it changes or removes one
 * that was set before (RFC 7643 §7).
 */
export function keepImmutable({ byKey }: ResourceSchema, former: Attributes, asserted: Attributes): Attributes {
  const kept: [string, Attributes[string]][] = [];
  for (const { key, label, place, mutability: kind } of byKey.values()) {
    const value = former[key];
    if (kind !== 'immutable' || place !== 'attributes' || value === undefined) continue;
    if (asserted[key] === undefined) kept.push([key, value]);
    else if (!sameJson(asserted[key], value)) throw mutability(`${label} cannot be changed once it is set`);
  }
  return kept.length === 0 ? asserted : { ...asserted, ...Object.fromEntries(kept) };
}

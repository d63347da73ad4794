/** Any value that survives JSON. Client objects become this before they reach the core. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * Tells whether two JSON values say the same, whatever the order of their keys.
 */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (isList(left) || isList(right)) return isList(left) && isList(right) && sameList(left, right);
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]));
}

function sameList(left: readonly Json[], right: readonly Json[]): boolean {
  return left.length === right.length && left.every((value, index) => sameJson(value, right[index]));
}

/** Whether a value asserts "no value": null, and what RFC 7643 §2.5 treats alike, the empty list. */
export function isUnassigned(value: Json): boolean {
  return value === null || (isList(value) && value.length === 0);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

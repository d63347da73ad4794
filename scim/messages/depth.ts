import { isList, isObject, type Json } from '../../src/core/json.ts';
import { invalidSyntax } from './scim-error.ts';

/** Levels of objects and lists a message may have. */
export const DEEPEST_JSON = 16;

/** Throws 400 `invalidSyntax` for JSON so deep that writing it again could exhaust the stack. */
export function checkDepth(value: Json, left: number = DEEPEST_JSON): void {
  if (!isList(value) && !isObject(value)) return;
  if (left === 0) throw invalidSyntax(`JSON may be at most ${DEEPEST_JSON} levels deep`);
  for (const member of isList(value) ? value : Object.values(value)) checkDepth(member, left - 1);
}

import { fold } from '../../src/core/fold.ts';
import { isList, isObject, type Json, type JsonObject, sameJson } from '../../src/core/json.ts';
import type { FilterNode } from '../filter/ast.ts';
import { elementPredicate } from '../filter/predicate.ts';
import { invalidValue, mutability } from '../messages/scim-error.ts';
import type { Attribute } from '../schema/attribute.ts';
import { clearFormerPrimary, MOST_ELEMENTS } from '../schema/elements.ts';
import { joinParts, type Parts } from '../schema/read-value.ts';
import { newElement } from './create-element.ts';
import type { Intent } from './intent.ts';

/** What may be done to elements. */
export type ElementIntent = Exclude<Intent, { kind: 'same-id' | 'keep' | 'merge' }>;

/**
 * The elements of a multi-valued attribute after one step; the very same list when the step means none of them. A step that makes an element primary clears the former one
 * (RFC 7644 §3.5.2).
 */
export function changeElements(elements: readonly Json[], intent: ElementIntent): readonly Json[] {
  const changed = change(elements, intent);
  if (changed.length > MOST_ELEMENTS)
    throw invalidValue(`${intent.target.attribute.label} may have at most ${MOST_ELEMENTS} values`);
  const before = new Set(elements);
  return clearFormerPrimary(changed, new Set(changed.filter((element) => !before.has(element))));
}

function change(elements: readonly Json[], intent: ElementIntent): readonly Json[] {
  switch (intent.kind) {
    case 'append':
      return intent.elements.length === 0 ? elements : [...elements, ...intent.elements];
    case 'replace':
      return intent.elements;
    case 'set':
      return setIn(elements, intent);
    case 'change':
      return changeIn(elements, intent);
    case 'remove':
      return removeFrom(elements, intent);
  }
}

function setIn(elements: readonly Json[], { target, value }: Extract<Intent, { kind: 'set' }>): readonly Json[] {
  const { sub } = target;
  if (!sub) return putIn(elements, target, () => value, null);
  const parts: Parts = { [sub.name]: value };
  return putIn(
    elements,
    target,
    (element) => rejoined(target.attribute, element, joined(element, parts)),
    value === null ? null : parts,
  );
}

function changeIn(
  elements: readonly Json[],
  { target, parts, whole }: Extract<Intent, { kind: 'change' }>,
): readonly Json[] {
  const put = (element: Json) => rejoined(target.attribute, element, joined(whole ? {} : element, parts));
  return putIn(elements, target, put, parts);
}

/** Changes what the target's filter finds (without one: everything); when that is nothing, creates it from `created`. */
function putIn(
  elements: readonly Json[],
  { attribute, filter }: ElementIntent['target'],
  put: (element: Json) => Json,
  created: Parts | null,
): readonly Json[] {
  const matches = meant(attribute, filter, undefined);
  if (elements.some(matches)) return elements.map((element) => (matches(element) ? put(element) : element));
  return created === null ? elements : [...elements, newElement(attribute, filter, created, elements.length === 0)];
}

/** The very same list when nothing in it is meant. */
function removeFrom(
  elements: readonly Json[],
  { target, listed }: Extract<Intent, { kind: 'remove' }>,
): readonly Json[] {
  const { attribute, filter, sub } = target;
  const isMeant = meant(attribute, filter, listed);
  if ((filter || listed || sub) && !elements.some(isMeant)) return elements;
  if (!sub) return elements.filter((element) => !isMeant(element));
  return elements.map((element) =>
    isMeant(element) ? rejoined(attribute, element, joined(element, { [sub.name]: null })) : element,
  );
}

function meant(
  attribute: Attribute,
  filter: FilterNode | undefined,
  listed: readonly Json[] | undefined,
): (element: Json) => boolean {
  if (listed) return (element) => listed.some((wanted) => isListed(attribute, element, wanted));
  return filter ? elementPredicate(filter) : () => true;
}

/** Whether an element has all the values that the listed one names. */
function isListed(attribute: Attribute, element: Json, wanted: Json): boolean {
  if (!isObject(wanted) || !isObject(element)) return same(attribute, element, wanted);
  return [...attribute.subAttributes.values()].every(
    (sub) => wanted[sub.name] === undefined || same(sub, element[sub.name] ?? null, wanted[sub.name] ?? null),
  );
}

function same({ caseExact }: Attribute, left: Json, right: Json): boolean {
  const comparable = !caseExact && typeof left === 'string' && typeof right === 'string';
  return comparable ? fold(left) === fold(right) : left === right;
}

/** The element as changed. Throws 400 `mutability` when that changed what is immutable in it. */
function rejoined({ subAttributes }: Attribute, before: Json, after: JsonObject): JsonObject {
  for (const sub of subAttributes.values()) {
    const value = isObject(before) ? (before[sub.name] ?? null) : null;
    if (sub.mutability === 'immutable' && value !== null && !sameJson(value, after[sub.name]))
      throw mutability(`${sub.label} cannot be changed once it is set`);
  }
  return after;
}

function joined(element: Json, parts: Parts): JsonObject {
  return joinParts(isObject(element) && !isList(element) ? element : {}, parts) ?? {};
}

import { fold } from '../../src/core/fold.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { invalidValue } from '../messages/scim-error.ts';
import type { Attribute } from './attribute.ts';

/** Values a multi-valued attribute may have: keeps the work of one request, and one person's document, bounded. */
export const MOST_ELEMENTS = 1000;

/** Sub-attributes that, in the schemas of the RFCs, only label an element: one with nothing else says nothing. */
const LABELS: ReadonlySet<string> = new Set(['type', 'primary']);

/**
 * Brings the elements of a multi-valued attribute into the form that is stored: none without content, none twice, at most one
 * primary. Throws 400 `invalidValue` when two are primary.
 */
export function tidyElements(attribute: Attribute, elements: readonly Json[]): readonly Json[] {
  const tidied = withoutRepeats(
    attribute,
    elements.filter((element) => hasContent(attribute, element)),
  );
  if (tidied.filter(isPrimary).length > 1) throw invalidValue(`${attribute.label} may have only one primary value`);
  return tidied;
}

export function isPrimary(element: Json): boolean {
  return isObject(element) && element.primary === true;
}

/** Clears `primary` everywhere but on the elements just set, if one of those is primary now (RFC 7644 §3.5.2). */
export function clearFormerPrimary(elements: readonly Json[], fresh: ReadonlySet<Json>): readonly Json[] {
  const hasNew = elements.some((element) => fresh.has(element) && isPrimary(element));
  if (!hasNew) return elements;
  return elements.map((element) => {
    const loses = isObject(element) && element.primary === true && !fresh.has(element);
    return loses ? { ...element, primary: false } : element;
  });
}

function hasContent({ builtIn }: Attribute, element: Json): boolean {
  return !isObject(element) || !builtIn || Object.keys(element).some((name) => !LABELS.has(name));
}

/** RFC 7643 §2.4: no pair of value and type twice. What is said later completes what was said before. */
function withoutRepeats(attribute: Attribute, elements: readonly Json[]): readonly Json[] {
  if (elements.length < 2) return elements;
  const distinct = new Map<string, Json>();
  for (const element of elements) {
    const identity = identityOf(attribute, element);
    const former = distinct.get(identity);
    distinct.set(identity, isObject(former) && isObject(element) ? { ...former, ...element } : element);
  }
  return distinct.size === elements.length ? elements : [...distinct.values()];
}

function identityOf(attribute: Attribute, element: Json): string {
  if (!isObject(element)) return comparable(attribute, element);
  const { value } = attribute;
  if (!value || element[value.name] === undefined) return JSON.stringify(sortedEntries(element));
  const type = attribute.subAttributes.get('type');
  return JSON.stringify([comparable(value, element[value.name]), type ? comparable(type, element[type.name]) : '']);
}

function comparable(attribute: Attribute, value: Json | undefined): string {
  if (typeof value !== 'string') return JSON.stringify(value ?? null);
  return attribute.caseExact ? value : fold(value);
}

function sortedEntries(element: JsonObject): readonly (readonly [string, Json])[] {
  return Object.entries(element).sort(([left], [right]) => (left < right ? -1 : 1));
}

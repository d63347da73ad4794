import { fold } from '../../src/core/fold.ts';
import { isList, isObject, type Json } from '../../src/core/json.ts';
import type { SortValue } from '../../src/ports/user-store.ts';
import type { Attribute, AttributePath, ResourceSchema } from '../schema/attribute.ts';
import { readInstant } from '../schema/instant.ts';

/** What a path leads to: a plain value of an attribute, or of its sub-attribute. */
export interface SortPath {
  readonly attribute: Attribute;
  readonly sub: Attribute | undefined;
  /** The one of both that is ordered by. */
  readonly target: Attribute;
}

/**
 * Finds what a list can be ordered by. A complex attribute stands for its `value`; undefined for one without, and for what there is
 * no attribute for: nobody has a value then, and RFC 7644 §3.4.2.3 leaves the order as it is.
 */
export function findSortPath(schema: ResourceSchema, by: string): SortPath | undefined {
  const path: AttributePath | undefined = schema.paths.get(by);
  if (!path) return undefined;
  const { attribute } = path;
  const sub = path.sub ?? attribute.value;
  const target = attribute.type === 'complex' ? sub : attribute;
  if (!target || target.type === 'complex' || target.returned === 'never') return undefined;
  return { attribute, sub: attribute.type === 'complex' ? sub : undefined, target };
}

/** What a resource is ordered by: of several values the primary one, else the first (RFC 7644 §3.4.2.3). */
export function sortValue({ sub, target }: SortPath, value: Json | undefined): SortValue {
  const one = single(value);
  return comparable(target, sub ? single(isObject(one) ? one[sub.name] : undefined) : one);
}

function single(value: Json | undefined): Json | undefined {
  if (!isList(value)) return value;
  return value.find((element) => isObject(element) && element.primary === true) ?? value[0];
}

/** Text as caseExact says, dates as instants. */
function comparable({ type, caseExact }: Attribute, value: Json | undefined): SortValue {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  if (type === 'dateTime') return readInstant(value) ?? null;
  return caseExact ? value : fold(value);
}

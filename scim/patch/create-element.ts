import { fold } from '../../src/core/fold.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { FilterNode } from '../filter/ast.ts';
import { noTarget } from '../messages/scim-error.ts';
import type { Attribute } from '../schema/attribute.ts';
import { joinParts, type Parts } from '../schema/read-value.ts';

/**
 * The element that a value path which finds nothing asks for: it carries the filter's own values.
 *
 * Only a filter that says what the element *is* can be made true that way: `type eq` a canonical type, `primary eq true`, joined by
 * `and`. Throws 400 `noTarget` for any other. An only element with a value becomes the primary one.
 */
export function newElement(
  attribute: Attribute,
  filter: FilterNode | undefined,
  parts: Parts,
  only: boolean,
): JsonObject {
  const described = filter ? describedBy(attribute, filter) : {};
  if (described === undefined) throw noTarget(`no value of ${attribute.label} matches the path`);
  const created = joinParts(described, parts) ?? {};
  const primary = attribute.subAttributes.get('primary');
  const becomesPrimary = only && primary && attribute.value && created[primary.name] === undefined;
  return becomesPrimary ? { ...created, [primary.name]: true } : created;
}

function describedBy(attribute: Attribute, filter: FilterNode): JsonObject | undefined {
  const values: { [name: string]: Json } = {};
  for (const term of filter.kind === 'and' ? filter.nodes : [filter]) {
    if (term.kind !== 'compare' || term.operator !== 'eq') return undefined;
    const { name } = term.path.attribute;
    const value = name === 'type' ? canonicalType(term.path.attribute, term.literal) : term.literal;
    if (value === undefined || (name !== 'type' && !(name === 'primary' && value === true))) return undefined;
    values[name] = value;
  }
  return attribute.type === 'complex' ? values : undefined;
}

/** The canonical spelling of a type; any type where the schema suggests none. */
function canonicalType({ canonicalValues }: Attribute, literal: Json): string | undefined {
  if (typeof literal !== 'string') return undefined;
  if (canonicalValues.length === 0) return literal;
  return canonicalValues.find((canonical) => fold(canonical) === fold(literal));
}

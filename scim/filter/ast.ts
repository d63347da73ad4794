import type { Attribute, AttributePath } from '../schema/attribute.ts';

export type Ordering = 'gt' | 'ge' | 'lt' | 'le';
export type TextMatch = 'co' | 'sw' | 'ew';
export type Operator = 'eq' | 'ne' | TextMatch | Ordering;

/** A value to compare with, of the attribute's own type: a date is an instant in milliseconds, null is "no value". */
export type Literal = string | number | boolean | null;

/**
 * A filter whose every name is resolved and every literal typed. Inside `element`, paths are the sub-attributes of one element of
 * `attribute`, all of which the same element must satisfy.
 */
export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly node: FilterNode }
  | { readonly kind: 'compare'; readonly path: AttributePath; readonly operator: Operator; readonly literal: Literal }
  | { readonly kind: 'present'; readonly path: AttributePath }
  | { readonly kind: 'element'; readonly attribute: Attribute; readonly filter: FilterNode };

/** The attribute whose values a path names. */
export function targetOf({ attribute, sub }: AttributePath): Attribute {
  return sub ?? attribute;
}

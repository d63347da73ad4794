import type { Json, JsonObject } from '../../src/core/json.ts';
import type { FilterNode } from '../filter/ast.ts';
import type { Attribute } from '../schema/attribute.ts';
import type { Parts } from '../schema/read-value.ts';

/** What part of an attribute an operation is about. */
export interface Target {
  readonly attribute: Attribute;
  /** Which elements (of a multi-valued attribute), or whether at all. */
  readonly filter: FilterNode | undefined;
  /** Which sub-attribute of them. */
  readonly sub: Attribute | undefined;
}

/**
 * One step of a PATCH: what shall be true afterwards, typed and checked as far as the schema alone can tell. Later steps see what
 * earlier ones did.
 */
export type Intent =
  /** A single simple attribute, or one sub-attribute: takes this value; null = none. */
  | { readonly kind: 'set'; readonly target: Target; readonly value: Json }
  /** A single complex attribute: takes these sub-attributes and keeps the others. */
  | { readonly kind: 'merge'; readonly target: Target; readonly parts: Parts }
  /** A multi-valued attribute: gains these elements. */
  | { readonly kind: 'append'; readonly target: Target; readonly elements: readonly Json[] }
  /** A multi-valued attribute: has these elements and no others. */
  | { readonly kind: 'replace'; readonly target: Target; readonly elements: readonly Json[] }
  /** Elements a filter finds: take these sub-attributes; the others go (`whole`) or stay. */
  | { readonly kind: 'change'; readonly target: Target; readonly parts: Parts; readonly whole: boolean }
  /** Loses its value, the elements a filter finds, or the elements listed. */
  | { readonly kind: 'remove'; readonly target: Target; readonly listed: readonly Json[] | undefined }
  /** An extension nobody configured, sent whole. */
  | { readonly kind: 'keep'; readonly urn: string; readonly content: JsonObject }
  /** The client repeats the id: it must be the resource's own. */
  | { readonly kind: 'same-id'; readonly id: Json };

import type { ResourceSchema } from '../schema/attribute.ts';
import type { FilterNode } from './ast.ts';

/** A filter, or what it says of every resource of a type. */
export type Settled = FilterNode | boolean;

/**
 * Decides beforehand what a filter says of all resources of a type alike: by the name of the type, and by attributes of other types,
 * which have no value here (RFC 7644 §3.4.2.1). What remains is about the type's own attributes.
 */
export function settle(node: FilterNode, schema: ResourceSchema, type: string): Settled {
  const isForeign = (urn: string): boolean => !schema.parts.has(urn.toLowerCase());
  const decide = (one: FilterNode): Settled => {
    switch (one.kind) {
      case 'and':
        return joined(one.nodes.map(decide), 'and');
      case 'or':
        return joined(one.nodes.map(decide), 'or');
      case 'not': {
        const inner = decide(one.node);
        return typeof inner === 'boolean' ? !inner : { kind: 'not', node: inner };
      }
      case 'element':
        return isForeign(one.attribute.schema) ? false : one;
      case 'present':
        if (isForeign(one.path.attribute.schema)) return false;
        return isTypeName(one) ? true : one;
      case 'compare':
        if (isForeign(one.path.attribute.schema)) return withoutValue(one);
        return isTypeName(one) ? (byTypeName(one, type) ?? one) : one;
    }
  };
  return decide(node);
}

type Comparison = Extract<FilterNode, { kind: 'compare' }>;

/** The rest of a series whose constants are decided: one of the deciding kind decides all. */
function joined(parts: readonly Settled[], kind: 'and' | 'or'): Settled {
  const deciding = kind === 'or';
  if (parts.includes(deciding)) return deciding;
  const nodes = parts.filter((part) => typeof part !== 'boolean');
  const [first] = nodes;
  if (!first) return !deciding;
  return nodes.length === 1 ? first : { kind, nodes };
}

function withoutValue({ operator, literal }: Comparison): boolean {
  return literal === null ? operator === 'eq' : operator === 'ne';
}

function isTypeName({ path }: Extract<FilterNode, { path: unknown }>): boolean {
  return path.attribute.place === 'meta' && path.sub?.name === 'resourceType';
}

/** Undefined for a comparison that is rare enough to be left to the filter. */
function byTypeName({ operator, literal }: Comparison, type: string): boolean | undefined {
  if (literal === null) return operator === 'ne';
  if (operator === 'eq') return literal === type;
  return operator === 'ne' ? literal !== type : undefined;
}

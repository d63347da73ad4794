import type { Place } from '../schema/attribute.ts';
import type { FilterNode } from './ast.ts';

/** Whether a filter asks anything about what lives in that place. */
export function mentions(node: FilterNode, place: Place): boolean {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.nodes.some((term) => mentions(term, place));
    case 'not':
      return mentions(node.node, place);
    case 'element':
      return node.attribute.place === place;
    default:
      return node.path.attribute.place === place;
  }
}

import { fold } from '../../core/fold.ts';
import type { Comparison } from '../../ports/condition.ts';
import { FALSE, type Fragment, fragment, joined, negated, TRUE } from './fragments.ts';

/** How one field compares with a text. `Scope` is what comparisons must know beside the value, such as the organization. */
export interface FieldRule<Scope = unknown> {
  readonly folded: boolean;
  compare(op: Comparison, value: string, scope: Scope): Fragment;
}

/** The last code point: no text of ours goes on after a prefix with more than it. */
const LAST = '\u{10FFFF}';

/** Comparisons of one expression that yields text or null; `e` is ours, never a client's. */
export const TEXT: Readonly<Record<Comparison, (e: string, value: string) => Fragment>> = {
  eq: (e, value) => fragment(`${e} = ?`, value),
  ne: (e, value) => negated(fragment(`${e} = ?`, value)),
  // The range is there for the index, instr for exactness.
  sw: (e, value) => fragment(`(${e} >= ? AND ${e} < ? AND instr(${e}, ?) = 1)`, value, value + LAST, value),
  co: (e, value) => fragment(`instr(${e}, ?) > 0`, value),
  gt: (e, value) => fragment(`${e} > ?`, value),
  ge: (e, value) => fragment(`${e} >= ?`, value),
  lt: (e, value) => fragment(`${e} < ?`, value),
  le: (e, value) => fragment(`${e} <= ?`, value),
  pr: (e) => fragment(`${e} <> ''`),
};

export const text = (expression: string, folded = false): FieldRule => ({
  folded,
  compare: (op, value) => TEXT[op](expression, value),
});

/** The rule of a field applied to whatever it is compared with: null is "no value", a value of the wrong type equals nothing. */
export function compareField<Scope>(
  rule: FieldRule<Scope>,
  op: Comparison,
  value: string | boolean | null,
  scope: Scope,
): Fragment {
  if (op === 'pr') return rule.compare('pr', '', scope);
  if (typeof value === 'string') return rule.compare(op, rule.folded ? fold(value) : value, scope);
  if (value === null && op === 'eq') return negated(rule.compare('pr', '', scope));
  if (value === null && op === 'ne') return rule.compare('pr', '', scope);
  return op === 'ne' ? TRUE : FALSE;
}

/** A tree of comparisons of some kind. */
export type Tree<Leaf> =
  | Leaf
  | { readonly and: readonly Tree<Leaf>[] }
  | { readonly or: readonly Tree<Leaf>[] }
  | { readonly not: Tree<Leaf> };

/** Translates a tree. Negations are pushed down to the comparisons, so that an index can serve what stands above. */
export function compileTree<Leaf extends object>(
  tree: Tree<Leaf>,
  compileLeaf: (leaf: Leaf) => Fragment,
  negate = false,
): Fragment {
  const each = (parts: readonly Tree<Leaf>[]) => parts.map((part) => compileTree(part, compileLeaf, negate));
  const some = (parts: readonly Fragment[]) => joined(mergedEquals(parts), 'OR');
  if ('not' in tree) return compileTree(tree.not, compileLeaf, !negate);
  if ('and' in tree) return negate ? some(each(tree.and)) : joined(each(tree.and), 'AND');
  if ('or' in tree && negate && tree.or.length > MOST_ALTERNATIVES) return negated(compileTree(tree, compileLeaf));
  if ('or' in tree) return negate ? joined(each(tree.or), 'AND') : some(each(tree.or));
  const leaf = compileLeaf(tree);
  return negate ? negated(leaf) : leaf;
}

/** Beyond this many values that one column may equal, they are handed over as one list. */
const MOST_ALTERNATIVES = 8;

const EQUALS = /^([\w.]+) = \?$/;

/** Any number of values that one column may equal become one list: thousands of them are one short statement. */
function mergedEquals(parts: readonly Fragment[]): readonly Fragment[] {
  if (parts.length <= MOST_ALTERNATIVES) return parts;
  const byColumn = Map.groupBy(parts, ({ sql }) => EQUALS.exec(sql)?.[1]);
  return [...byColumn].flatMap(([column, alike]) => {
    if (column === undefined || alike.length <= MOST_ALTERNATIVES) return alike;
    const values = JSON.stringify(alike.flatMap((part) => part.values));
    return [fragment(`${column} IN (SELECT j.value FROM json_each(?) j)`, values)];
  });
}

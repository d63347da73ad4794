import type { Comparison } from '../../ports/condition.ts';

/** A query of the database; what always or never holds is a boolean until the end. */
export interface Query {
  readonly [name: string]: unknown;
}
export type Compiled = Query | boolean;

/**
 * One typed operator each. Ordered comparisons meet only values of the same type, so that a field without a value meets none; of a
 * list they meet any value, and `$ne` only when none equals.
 */
export const OPERATORS: Readonly<Record<Comparison, (value: string) => Query>> = {
  eq: (value) => ({ $eq: value }),
  ne: (value) => ({ $ne: value }),
  sw: (value) => ({ $regex: `^${literal(value)}` }),
  co: (value) => ({ $regex: literal(value) }),
  gt: (value) => ({ $gt: value }),
  ge: (value) => ({ $gte: value }),
  lt: (value) => ({ $lt: value }),
  le: (value) => ({ $lte: value }),
  pr: () => ({ $gt: '' }),
};

/** The pattern that matches just this text. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('\0', '\\x00');
}

const NOTHING: Query = { _id: { $in: [] } };

export type Compare = (op: Comparison, value: string) => Query;

/** The comparison of a field with whatever it is compared with: null is "no value", a value of the wrong type equals nothing. */
export function compareField(compare: Compare, op: Comparison, value: string | boolean | null): Compiled {
  if (op === 'pr') return compare('pr', '');
  if (typeof value === 'string') return compare(op, value);
  if (value === null && op === 'eq') return { $nor: [compare('pr', '')] };
  if (value === null && op === 'ne') return compare('pr', '');
  return op === 'ne';
}

/** A tree of comparisons of some kind. */
export type Tree<Leaf> =
  | Leaf
  | { readonly and: readonly Tree<Leaf>[] }
  | { readonly or: readonly Tree<Leaf>[] }
  | { readonly not: Tree<Leaf> };

/** Translates a tree; negations are pushed down to the comparisons. */
export function treeQuery<Leaf extends object>(tree: Tree<Leaf>, compileLeaf: (leaf: Leaf) => Compiled): Query {
  const compiled = compile(tree, compileLeaf, false);
  if (typeof compiled === 'boolean') return compiled ? {} : NOTHING;
  return compiled;
}

type CompileLeaf<Leaf> = (leaf: Leaf) => Compiled;

function compile<Leaf extends object>(tree: Tree<Leaf>, compileLeaf: CompileLeaf<Leaf>, negate: boolean): Compiled {
  if ('not' in tree) return compile(tree.not, compileLeaf, !negate);
  if ('and' in tree) return combine(tree.and, !negate, compileLeaf, negate);
  if ('or' in tree) return combine(tree.or, negate, compileLeaf, negate);
  const leaf = compileLeaf(tree);
  if (!negate) return leaf;
  return typeof leaf === 'boolean' ? !leaf : { $nor: [leaf] };
}

/** All of the parts (`every`), or any of them. */
function combine<Leaf extends object>(
  parts: readonly Tree<Leaf>[],
  every: boolean,
  compileLeaf: CompileLeaf<Leaf>,
  negate: boolean,
): Compiled {
  const queries: Query[] = [];
  for (const part of parts) {
    const compiled = compile(part, compileLeaf, negate);
    if (compiled === !every) return compiled;
    if (typeof compiled !== 'boolean') queries.push(compiled);
  }
  if (queries.length === 0) return every;
  if (every) return queries.length === 1 ? (queries[0] as Query) : { $and: queries };
  const merged = mergeEquals(queries);
  return merged.length === 1 ? (merged[0] as Query) : { $or: merged };
}

/** Any number of values that one field may equal become one list of them: thousands cost no more than a look-up each. */
function mergeEquals(queries: readonly Query[]): readonly Query[] {
  const byPath = Map.groupBy(queries, equalPath);
  return [...byPath].flatMap(([path, group]) => {
    if (path === null || group.length === 1) return group;
    return [{ [path]: { $in: group.map((query) => (query[path] as { readonly $eq: unknown }).$eq) } }];
  });
}

function equalPath(query: Query): string | null {
  const [path = ''] = Object.keys(query);
  const test = query[path];
  return typeof test === 'object' && test !== null && Object.hasOwn(test, '$eq') ? path : null;
}

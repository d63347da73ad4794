import type { Value } from './statements.ts';

/** A piece of SQL that is true, false or null, and the values of its question marks. Null counts as false. */
export interface Fragment {
  readonly sql: string;
  readonly values: readonly Value[];
}

export const TRUE: Fragment = { sql: '1', values: [] };
export const FALSE: Fragment = { sql: '0', values: [] };

/**
 * A limit that is bound. SQLite looks into a bare `LIMIT ?` when it plans and therefore plans anew for every value, which costs
 * more than most reads; into a sum it does not look.
 */
export const LIMIT = 'LIMIT (? + 0)';

export function fragment(sql: string, ...values: readonly Value[]): Fragment {
  return { sql, values };
}

export function both(left: Fragment, right: Fragment): Fragment {
  return joined([left, right], 'AND');
}

/** True where the fragment is false or null. */
export function negated({ sql, values }: Fragment): Fragment {
  return { sql: `(${sql}) IS NOT TRUE`, values };
}

/** Joins by halves, so that thousands of parts stay far below SQLite's limit on depth. */
export function joined(parts: readonly Fragment[], word: 'AND' | 'OR'): Fragment {
  const [first] = parts;
  if (!first) return word === 'AND' ? TRUE : FALSE;
  if (parts.length === 1) return first;
  const middle = Math.ceil(parts.length / 2);
  const left = joined(parts.slice(0, middle), word);
  const right = joined(parts.slice(middle), word);
  return { sql: `(${left.sql} ${word} ${right.sql})`, values: [...left.values, ...right.values] };
}

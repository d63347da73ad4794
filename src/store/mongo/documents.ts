import type { Page } from '../../ports/user-store.ts';

/** Key of a thing that belongs to an organization. */
export function keyOf(organization: string, id: string): string {
  return `${organization}/${id}`;
}

/** A page out of one more row than was asked for: the row too many only tells that there is more. */
export function pageOf<Row, T extends { readonly id: string }>(
  rows: readonly Row[],
  limit: number,
  read: (row: Row) => T,
): Page<T> {
  const items = rows.slice(0, limit).map(read);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

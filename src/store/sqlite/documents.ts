import type { Page } from '../../ports/user-store.ts';
import type { Row } from './statements.ts';

/** The stored JSON of a row, or null without one. */
export function documentOf<T>(row: Row | undefined): T | null {
  return row === undefined ? null : (JSON.parse(row.document as string) as T);
}

export function documentsOf<T>(rows: readonly Row[]): readonly T[] {
  return rows.map((row) => JSON.parse(row.document as string) as T);
}

/** A page out of one more row than was asked for: the row too many only tells that there is more. */
export function pageOf<T extends { readonly id: string }>(
  rows: readonly Row[],
  limit: number,
  read: (row: Row) => T = (row) => JSON.parse(row.document as string) as T,
): Page<T> {
  const items = rows.slice(0, limit).map(read);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

import type { FileRow, Import, JudgedRow } from '../core/import.ts';
import type { Stores } from '../ports/stores.ts';
import { readRows } from './import-parts.ts';

/** A row that is to be written. */
export interface Pending {
  readonly row: FileRow;
  readonly reviewed: JudgedRow;
}

/** Whether a row moves somebody from an address that a row before it may ask for: it is written with that one then. */
export const mayFree = ({ userId, changes }: JudgedRow): boolean => userId !== null && changes.email !== undefined;

/**
 * Rows of a page with those of this page and later ones that free addresses for them, and so on: a swap is one write.
 *
 * Rows of earlier pages have been carried out, or are not going to be.
 */
export async function withPartners(
  deps: { readonly stores: Pick<Stores, 'imports'> },
  entry: Import,
  page: number,
  slice: readonly Pending[],
): Promise<readonly Pending[]> {
  const all = new Map(slice.map((pending) => [pending.row.line, pending]));
  for (let last = slice; last.length > 0; ) {
    const next: Pending[] = [];
    for (const { reviewed } of last) {
      const partner =
        reviewed.after && reviewed.after[0] >= page ? await readPending(deps, entry, reviewed.after) : null;
      if (!partner || all.has(partner.row.line)) continue;
      all.set(partner.row.line, partner);
      next.push(partner);
    }
    last = next;
  }
  return [...all.values()];
}

async function readPending(
  deps: { readonly stores: Pick<Stores, 'imports'> },
  entry: Import,
  [page, place]: NonNullable<JudgedRow['after']>,
): Promise<Pending | null> {
  const row = (await readRows(deps, entry, 'file', page))[place];
  const reviewed = (await readRows(deps, entry, 'review', page))[place];
  return row && reviewed ? { row, reviewed } : null;
}

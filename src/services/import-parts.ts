import { notFound } from '../core/errors.ts';
import type { FileRow, Import, JudgedRow, RowOutcome } from '../core/import.ts';
import type { Stores } from '../ports/stores.ts';

/** Rows as they were read, and what became of them; those of a review stand under its number. */
export const FILE = 'file';
export const OUTCOME = 'outcome';
export const reviewPart = ({ review }: Pick<Import, 'review'>): string => `review-${review}`;

/** How long an import waits to be carried out, and how long what it did can be read afterwards. */
export const IMPORT_HOURS = 24;
export const KEPT_HOURS = 30 * 24;

/** How the rows of each part look. */
interface Parts {
  readonly file: FileRow;
  readonly review: JudgedRow;
  readonly outcome: RowOutcome;
}

type Reader = { readonly stores: Pick<Stores, 'imports'> };

/** A page of an import's rows; empty when there is none. */
export async function readRows<Kind extends keyof Parts>(
  { stores }: Reader,
  entry: Import,
  kind: Kind,
  page: number,
): Promise<readonly Parts[Kind][]> {
  const { organizationId, id: importId } = entry;
  const part = kind === 'review' ? reviewPart(entry) : kind;
  const text = await stores.imports.part({ organizationId, importId, part, page });
  return text === null ? [] : (JSON.parse(text) as readonly Parts[Kind][]);
}

/** Whether nobody has decided something else, cancelled or been first meanwhile. */
export async function isWanted({ stores }: Reader, { organizationId, id, version }: Import): Promise<boolean> {
  return (await stores.imports.get(organizationId, id))?.version === version;
}

/** Throws `not_found`. */
export async function readImport({ stores }: Reader, organizationId: string, id: string): Promise<Import> {
  const entry = await stores.imports.get(organizationId, id);
  if (!entry) throw notFound('import');
  return entry;
}

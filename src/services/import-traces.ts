import type { FileRow, Import, JudgedRow } from '../core/import.ts';
import { recordOf, type User } from '../core/user.ts';
import type { Dependencies } from './dependencies.ts';
import { firstSaveBy } from './first-save-by.ts';

type Needs = Pick<Dependencies, 'stores' | 'hash'>;

/**
 * The id of whoever a row creates: however often the row is carried out, and whatever the person is called by then, it is the same.
 *
 * A UUID of version 7 of the moment the import was committed, in the order of the lines.
 */
export function personIdOf(
  { hash }: Pick<Dependencies, 'hash'>,
  { id, idsFrom = id }: Pick<Import, 'id' | 'idsFrom'>,
  { line }: Pick<FileRow, 'line'>,
): string {
  const place = line.toString(16).padStart(6, '0').slice(-6);
  return `${idsFrom.slice(0, 13)}-7${place.slice(0, 3)}-8${place.slice(3)}-${hash(`${idsFrom} ${line}`).slice(0, 12)}`;
}

/** Whoever rows have created before, by line: whatever they are called by now. */
export async function readCreated(
  deps: Needs,
  entry: Import,
  rows: readonly FileRow[],
): Promise<ReadonlyMap<number, User>> {
  const lines = new Map(rows.map((row) => [personIdOf(deps, entry, row), row.line]));
  const created = await deps.stores.users.getMany(entry.organizationId, [...lines.keys()]);
  return new Map(created.map((user) => [lines.get(user.id) ?? 0, user]));
}

/** Whether a save since the review was this import's: whoever did it died before they could tell. */
export async function wasWritten(deps: Needs, { id }: Import, { seen = 0 }: JudgedRow, user: User): Promise<boolean> {
  if (user.version === seen) return false;
  if (recordOf(user, 'manual')?.by.importId === id) return true;
  return (await firstSaveBy(deps, user, seen, ({ importId }) => importId === id)) !== null;
}

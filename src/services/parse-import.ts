import { type AppError, isAppError } from '../core/errors.ts';
import type { FileRow, Import } from '../core/import.ts';
import type { Dependencies } from './dependencies.ts';
import { FILE, isWanted } from './import-parts.ts';
import { storedText, TEXT } from './import-text.ts';
import { wasFirst } from './lost-races.ts';
import { readCsv } from './read-csv.ts';
import { createTurns } from './turns.ts';

type Needs = Pick<Dependencies, 'stores'>;

/** Rows of a page, and characters after which it ends early. */
const PAGE_ROWS = 500;
const PAGE_LENGTH = 2_000_000;

/**
 * Reads the rows of a file that was sent; one that cannot be read ends as `failed`, and says where.
 *
 * May be done any number of times, and broken off anywhere: nothing shows before the end.
 */
export async function parseImport(deps: Needs, entry: Import): Promise<void> {
  const { imports } = deps.stores;
  const next = { ...entry, version: entry.version + 1 };
  try {
    const counted = await storeRows(deps, entry);
    if (counted === null) return;
    // Otherwise somebody cancelled, or another process was first.
    if (!(await wasFirst(imports.save({ ...next, state: 'mapping', file: { ...entry.file, ...counted } })))) return;
  } catch (error) {
    if (!isAppError(error, 'unreadable_file', 'too_large')) throw error;
    if (!(await wasFirst(imports.save({ ...next, state: 'failed', failure: failureOf(error) })))) return;
  }
  await imports.erase(entry.organizationId, entry.id, TEXT);
}

function failureOf({ code, message, details: { line } }: AppError): NonNullable<Import['failure']> {
  return { code, detail: message, ...(typeof line === 'number' ? { line } : {}) };
}

/** Keeps the rows in pages; null when nobody wants them any more. */
async function storeRows(deps: Needs, entry: Import): Promise<Pick<Import['file'], 'rows' | 'pages'> | null> {
  const { organizationId, id: importId, file } = entry;
  const turn = createTurns();
  let page: FileRow[] = [];
  let [length, rows, pages] = [0, 0, 0];
  const flush = async () => {
    if (page.length === 0) return;
    const text = JSON.stringify(page);
    await turn();
    await deps.stores.imports.putPart({ organizationId, importId, part: FILE, page: pages++, text });
    page = [];
    length = 0;
  };
  for await (const piece of readCsv(storedText(deps, entry), file.delimiter)) {
    await turn();
    if ('headers' in piece) continue;
    page.push(piece.row);
    rows++;
    length += piece.row.cells.reduce((sum, cell) => sum + cell.length, 0);
    if (page.length < PAGE_ROWS && length <= PAGE_LENGTH) continue;
    await flush();
    if (!(await isWanted(deps, entry))) return null;
  }
  await flush();
  return { rows, pages };
}

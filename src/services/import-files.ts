import { suggestColumns } from '../core/csv-header.ts';
import { MOST_COLUMNS } from '../core/csv-scan.ts';
import type { FileRow, Import, JudgedRow, RowOutcome, Told } from '../core/import.ts';
import { WRITING } from '../core/import.ts';
import type { Settings } from '../core/organization.ts';
import type { PagesOf } from '../core/tally.ts';
import type { Stores } from '../ports/stores.ts';
import type { Page } from '../ports/user-store.ts';
import { readRows } from './import-parts.ts';
import { readOrganization } from './organizations.ts';

type Needs = { readonly stores: Pick<Stores, 'imports'> };
type FileNeeds = { readonly stores: Pick<Stores, 'imports' | 'organizations'> };

/** A row with everything that is known of it. */
export interface ReviewedRow extends JudgedRow {
  readonly outcome?: RowOutcome | undefined;
}

const REFUSED_OUTCOMES: ReadonlySet<string> = new Set(['changed', 'superseded']);

/** What is said of a row by now. */
export const toldOf = ({ verdict, outcome }: ReviewedRow): Told => outcome?.outcome ?? verdict;

/** A page of the rows, of those of which one of `verdicts` is said. `cursor` names the row to go on after, as page and place. */
export async function listRows(
  deps: Needs,
  entry: Import,
  verdicts: readonly Told[],
  cursor: string | null,
  limit: number,
): Promise<Page<ReviewedRow>> {
  const [fromPage = 0, fromPlace = 0] = (cursor ?? '0.0').split('.').map(Number);
  const items: ReviewedRow[] = [];
  for (const page of pagesWith(entry, verdicts, fromPage)) {
    const rows = await reviewedPage(deps, entry, page);
    for (let place = page === fromPage ? fromPlace : 0; place < rows.length; place++) {
      const row = rows[place] as ReviewedRow;
      if (verdicts.length > 0 && !verdicts.includes(toldOf(row))) continue;
      if (items.length === limit) return { items, next: `${page}.${place}` };
      items.push(row);
    }
  }
  return { items, next: null };
}

/** Pages on which one of the verdicts may be met, so that looking for a rare one reads few. */
function pagesWith(
  { file, pagesOf, outcomePages, digest }: Import,
  verdicts: readonly Told[],
  from: number,
): readonly number[] {
  if (digest === null) return [];
  const all = Array.from({ length: file.pages }, (_, page) => page);
  const met: PagesOf<Told>[] = [pagesOf, outcomePages ?? {}];
  const wanted = new Set(verdicts.flatMap((verdict) => met.flatMap((pages) => pages[verdict] ?? [])));
  return all.filter((page) => page >= from && (verdicts.length === 0 || wanted.has(page)));
}

async function reviewedPage(deps: Needs, entry: Import, page: number): Promise<readonly ReviewedRow[]> {
  const judged = await readRows(deps, entry, 'review', page);
  const outcomes = new Map((await readRows(deps, entry, 'outcome', page)).map((outcome) => [outcome.line, outcome]));
  return judged.map((row) => ({ ...row, outcome: outcomes.get(row.line) }));
}

/** The rows that were refused as the file had them, with the reason: mended, they can be sent again, any number of times. */
export async function* refusedRows(deps: FileNeeds, entry: Import): AsyncGenerator<readonly (readonly string[])[]> {
  const { settings } = await readOrganization(deps, entry.organizationId);
  const { headers, at } = withReason(entry, settings);
  const width = entry.file.headers.length;
  yield [headers];
  for (const page of pagesWith(entry, [], 0)) {
    const files = await readRows(deps, entry, 'file', page);
    const judged = await reviewedPage(deps, entry, page);
    yield judged.flatMap((row, index) => {
      const reason = refusalOf(row);
      return reason === null ? [] : [lineOf(files[index], width, at, reason)];
    });
  }
}

/**
 * The header of a file with a column for reasons, and where it stands: behind the others, or in the place of the one that held them before.
 * No import takes it for something else. A file of as many columns as may be gives up the last one that is not read.
 */
function withReason({ file: { headers }, mapping }: Import, settings: Settings) {
  const columns = mapping?.columns ?? [];
  const isHere = (name: string) => headers.findIndex((header) => header.toLowerCase() === name);
  const last = headers.length - 1;
  const isFree = (name: string) =>
    suggestColumns([name], settings)[0] === null && (isHere(name) < 0 || (isHere(name) === last && !columns[last]));
  let name = 'reason';
  for (let number = 2; !isFree(name); number++) name = `reason ${number}`;
  const spare = headers.length < MOST_COLUMNS ? headers.length : columns.lastIndexOf(null);
  const at = isHere(name) < 0 && spare >= 0 ? spare : last;
  return { headers: [...headers.slice(0, at), name, ...headers.slice(at + 1)], at };
}

function refusalOf({ verdict, reasons, outcome }: ReviewedRow): string | null {
  if (outcome && REFUSED_OUTCOMES.has(outcome.outcome))
    return [outcome.outcome, outcome.reason].filter(Boolean).join(': ');
  if (WRITING.has(verdict) || verdict === 'unchanged') return null;
  return [verdict, reasons.join('; ')].filter(Boolean).join(': ');
}

/** Cells there is no header for stay, so that the row is refused again until somebody has mended it. */
function lineOf(row: FileRow | undefined, width: number, at: number, reason: string): readonly string[] {
  const given = row?.cells ?? [];
  const cells = Array.from({ length: width }, (_, index) => given[index] ?? '');
  return [...cells.slice(0, at), reason, ...cells.slice(at + 1), ...given.slice(width)];
}

/** Everybody an import has changed, as they were before: imported by id, with blanks cleared, it takes the changes back. */
export async function* rowsBefore(deps: Needs, entry: Import): AsyncGenerator<readonly (readonly string[])[]> {
  const columns = (entry.mapping?.columns ?? []).filter((name) => name !== null && name !== 'id');
  yield [['id', ...columns]];
  for (const page of pagesWith(entry, ['update', 'partial'], 0)) {
    const rows = await reviewedPage(deps, entry, page);
    yield rows.flatMap(({ before, outcome, userId, verdict }) =>
      before && userId && outcome?.outcome === verdict ? [[userId, ...columns.map((name) => before[name] ?? '')]] : [],
    );
  }
}

import { type Import, type JudgedRow, type Outcome, type RowOutcome, WRITING } from '../core/import.ts';
import type { Dependencies } from './dependencies.ts';
import { OUTCOME, readRows } from './import-parts.ts';
import { wasWritten } from './import-traces.ts';
import { mayFree } from './swap-partners.ts';
import { createTurns } from './turns.ts';

type Needs = Pick<Dependencies, 'stores' | 'hash'>;

/** What became of the rows of a page. */
export type PageOutcomes = readonly [page: number, outcomes: readonly RowOutcome[]];

/**
 * What became of rows behind a page at which an import stopped: some freed addresses for rows of earlier pages, and were written with
 * them. It is kept as of any page.
 */
export async function keepWrittenAhead(deps: Needs, entry: Import, page: number): Promise<readonly PageOutcomes[]> {
  if (!entry.mapping?.columns.includes('email') || entry.mapping.key === 'email') return [];
  const turn = createTurns();
  const kept: PageOutcomes[] = [];
  for (let later = page + 1; later < entry.file.pages; later++) {
    await turn();
    const freeing = (await readRows(deps, entry, 'review', later)).filter(
      (row) => WRITING.has(row.verdict) && mayFree(row),
    );
    const outcomes = freeing.length > 0 ? await outcomesOf(deps, entry, freeing) : [];
    if (outcomes.length > 0) kept.push([later, await keep(deps, entry, later, outcomes)]);
  }
  return kept;
}

async function outcomesOf(deps: Needs, entry: Import, rows: readonly JudgedRow[]): Promise<readonly RowOutcome[]> {
  const ids = rows.flatMap(({ userId }) => userId ?? []);
  const users = new Map((await deps.stores.users.getMany(entry.organizationId, ids)).map((user) => [user.id, user]));
  const outcomes: RowOutcome[] = [];
  for (const row of rows) {
    const user = users.get(row.userId ?? '');
    if (!user || !(await wasWritten(deps, entry, row, user))) continue;
    outcomes.push({ line: row.line, outcome: row.verdict as Outcome, userId: user.id });
  }
  return outcomes;
}

async function keep(
  { stores }: Needs,
  { organizationId, id: importId }: Import,
  page: number,
  outcomes: readonly RowOutcome[],
): Promise<readonly RowOutcome[]> {
  const text = JSON.stringify(outcomes);
  return JSON.parse(await stores.imports.addPart({ organizationId, importId, part: OUTCOME, page, text }));
}

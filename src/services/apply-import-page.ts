import { actingIn, type Import, isCarriedOut, type RowOutcome, WRITING } from '../core/import.ts';
import { timestamp } from '../ports/clock.ts';
import { applyImportRows } from './apply-import-rows.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { readRows } from './import-parts.ts';
import { tell, type Work } from './import-work.ts';
import { lookAgainAtRows } from './look-again-at-rows.ts';
import { type Pending, withPartners } from './swap-partners.ts';
import { createTurns } from './turns.ts';
import { createUnfinished } from './unfinished-people.ts';

type Needs = Dependencies & WriteDependencies;

/** Rows written in one transaction: fewer cost more each, and of more the others wait for their turn. */
export const ROWS_AT_ONCE = 10;
/** Rounds after which a row that keeps losing races is left as it is. */
const MOST_ROUNDS = 5;

/**
 * Carries out a page of a reviewed import: whoever still is as the review saw them is written, everybody else is told.
 *
 * Done again, after a crash or by another process, it writes nothing twice and tells the same. Of a cancelled one it tells what was
 * written before. null: another process has been through with the page meanwhile.
 */
export async function applyImportPage(deps: Needs, entry: Import, page: number): Promise<readonly RowOutcome[] | null> {
  const { mapping } = entry;
  if (mapping === null) return [];
  const turn = createTurns('hurried');
  const pending = await readPending(deps, entry, page, turn);
  const by = actingIn(entry);
  const outcomes: Work['outcomes'] = new Map();
  const unfinished = createUnfinished(lookAgainAtRows({ deps, by, outcomes }));
  for (let from = 0; from < pending.length; from += ROWS_AT_ONCE) {
    const now = await deps.stores.imports.get(entry.organizationId, entry.id);
    if (!now || !isCarriedOut(now) || now.carriedOut !== page) return null;
    const isStopped = now.state === 'cancelling';
    const at = timestamp(deps.clock);
    const work: Work = { deps, entry, mapping, by, slice: from, outcomes, unfinished, isStopped, at, turn };
    await applySlice(work, await withPartners(deps, entry, page, pending.slice(from, from + ROWS_AT_ONCE)));
    await turn();
  }
  await unfinished.finish();
  return pending.flatMap(({ row }) => outcomes.get(row.line) ?? []);
}

async function readPending(deps: Needs, entry: Import, page: number, turn: Work['turn']): Promise<readonly Pending[]> {
  const rows = await readRows(deps, entry, 'file', page);
  await turn();
  const judged = await readRows(deps, entry, 'review', page);
  await turn();
  return judged.flatMap((reviewed, index) => {
    const row = rows[index];
    return row && WRITING.has(reviewed.verdict) ? [{ row, reviewed }] : [];
  });
}

async function applySlice(work: Work, slice: readonly Pending[]): Promise<void> {
  let rows = slice;
  for (let round = 0; rows.length > 0 && round < MOST_ROUNDS; round++)
    rows = await applyImportRows(work, rows, round > 0);
  for (const { row, reviewed } of rows) tell(work, row, 'changed', reviewed.userId, 'changed too often by others');
}

import { type Import, type ImportState, isCarriedOut, isUnfinished, type RowOutcome } from '../core/import.ts';
import { tallyPage } from '../core/tally.ts';
import { timestamp } from '../ports/clock.ts';
import { applyImportPage } from './apply-import-page.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { OUTCOME } from './import-parts.ts';
import { wasFirst } from './lost-races.ts';
import { parseImport } from './parse-import.ts';
import { reviewImport } from './review-import.ts';
import { keepWrittenAhead, type PageOutcomes } from './written-ahead.ts';

export const IMPORT = 'import';

const MOST_UNFINISHED = 1_000;
const MOST_EXPIRED = 100;

const OVER: ReadonlySet<ImportState> = new Set<ImportState>(['failed', 'done', 'cancelled', 'expired']);

type Needs = Dependencies & WriteDependencies;

/** Queues the next step of an import. Asking twice is asking once. */
export async function enqueueImport({ queue }: Pick<Dependencies, 'queue'>, entry: Import): Promise<void> {
  const { organizationId, id: importId } = entry;
  await queue.enqueue(IMPORT, { organizationId, importId }, { key: importId });
}

/** Reads a file, reviews it, or carries out one page of it. Tells whether there is more to do. */
export async function importStep(deps: Needs, organizationId: string, importId: string): Promise<boolean> {
  const entry = await deps.stores.imports.get(organizationId, importId);
  if (!entry || !isUnfinished(entry)) return false;
  if (entry.state === 'parsing') await parseImport(deps, entry);
  else if (entry.state === 'reviewing') await reviewImport(deps, entry);
  else await carryOut(deps, entry);
  const next = await deps.stores.imports.get(organizationId, importId);
  return next !== null && isUnfinished(next);
}

async function carryOut(deps: Needs, entry: Import): Promise<void> {
  const page = entry.carriedOut;
  const outcomes = page < entry.file.pages ? await outcomesOf(deps, entry, page) : [];
  if (outcomes) await note(deps, entry, page, outcomes);
}

/** What became of the rows of a page: of two who were at it, the first one's word is kept. */
async function outcomesOf(deps: Needs, entry: Import, page: number): Promise<readonly RowOutcome[] | null> {
  const { organizationId, id: importId } = entry;
  const place = { organizationId, importId, part: OUTCOME, page };
  const told = await deps.stores.imports.part(place);
  if (told !== null) return JSON.parse(told) as readonly RowOutcome[];
  const outcomes = await applyImportPage(deps, entry, page);
  if (outcomes === null) return null;
  const kept = await deps.stores.imports.addPart({ ...place, text: JSON.stringify(outcomes) });
  return JSON.parse(kept) as readonly RowOutcome[];
}

/** Counts a page once, whoever else was at it; of one that was under way when somebody cancelled, what was written of it. */
async function note(deps: Needs, entry: Import, page: number, outcomes: readonly RowOutcome[]): Promise<void> {
  for (let now: Import | null = entry; now && isCarriedOut(now) && now.carriedOut === page; ) {
    const ahead = now.state === 'cancelling' ? await keepWrittenAhead(deps, now, page) : [];
    const counted = [[page, outcomes] as const, ...ahead].reduce(withOutcomes, now);
    const next: Import = { ...counted, ...placeAfter(now, page), version: now.version + 1 };
    if (await wasFirst(deps.stores.imports.save(next))) return;
    now = await deps.stores.imports.get(entry.organizationId, entry.id);
  }
}

function withOutcomes(entry: Import, [page, rows]: PageOutcomes): Import {
  const told = rows.map(({ outcome }) => outcome);
  const { counts, pagesOf } = tallyPage(entry.outcomes, entry.outcomePages ?? {}, page, told);
  return { ...entry, outcomes: counts, outcomePages: pagesOf };
}

function placeAfter({ state, file }: Import, page: number): Pick<Import, 'state' | 'carriedOut'> {
  if (state === 'cancelling') return { state: 'cancelled', carriedOut: page };
  const carriedOut = Math.min(page + 1, file.pages);
  return { state: carriedOut === file.pages ? 'done' : state, carriedOut };
}

/** Queues again the imports that the store says are under way. */
export async function requeueImports(deps: Needs): Promise<void> {
  for (const entry of await deps.stores.imports.unfinished(MOST_UNFINISHED)) await enqueueImport(deps, entry);
}

/** Erases the rows of imports whose time is over. */
export async function expireImports({ stores, clock }: Needs): Promise<void> {
  for (const entry of await stores.imports.expired(timestamp(clock), MOST_EXPIRED))
    if (!isCarriedOut(entry)) await expire(stores, entry);
}

/** What expires before it was over is erased twice, as a review may still be putting rows beside it: now, and at the next beat. */
async function expire({ imports }: Needs['stores'], entry: Import): Promise<void> {
  const { organizationId, id } = entry;
  const next: Import = { ...entry, version: entry.version + 1 };
  if (!OVER.has(entry.state) && !(await wasFirst(imports.save({ ...next, state: 'expired' })))) return;
  await imports.erase(organizationId, id);
  // Last, so that a process which dies before is followed by one that erases.
  if (OVER.has(entry.state)) await wasFirst(imports.save({ ...next, expiresAt: null }));
}

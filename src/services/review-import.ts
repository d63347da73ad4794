import type { FileRow, Import, JudgedRow, Verdict } from '../core/import.ts';
import { judgeRow, type PeopleFacts } from '../core/judge-row.ts';
import { type Judging, judgingOf } from '../core/said-in-row.ts';
import { tallyPage } from '../core/tally.ts';
import type { Dependencies } from './dependencies.ts';
import { type Duplicates, findDuplicates } from './find-duplicates.ts';
import { isWanted, readRows, reviewPart } from './import-parts.ts';
import { wasFirst } from './lost-races.ts';
import { readOrganization } from './organizations.ts';
import { createSwaps } from './resolve-swaps.ts';
import { readRowFacts } from './row-facts.ts';
import { createTurns } from './turns.ts';

type Needs = Pick<Dependencies, 'stores' | 'hash'>;

/**
 * Judges every row of a file under the mapping that was chosen, and keeps what came out of it with a digest over all of it.
 *
 * May be done any number of times, and broken off anywhere: nothing shows before the end.
 */
export async function reviewImport(deps: Needs, entry: Import): Promise<void> {
  const { mapping, organizationId, file } = entry;
  if (mapping === null) return;
  const { settings } = await readOrganization(deps, organizationId);
  const judging = judgingOf(mapping, settings);
  const duplicates = await findDuplicates(deps, entry, mapping);
  const swaps = createSwaps();
  const review: Review = { deps, entry, judging, duplicates, pages: [], turn: createTurns() };
  for (let page = 0; page < file.pages; page++) {
    if (!(await isWanted(deps, entry))) return;
    await judgePage(review, page, (row, place, facts) => {
      const reviewed = duplicates.of(row) ?? judgeRow(row, judging, facts);
      swaps.note(reviewed, [page, place]);
      return reviewed;
    });
  }
  for (const [page, freed] of Map.groupBy(swaps.resolved(), ({ spot }) => spot[0]))
    await judgePage(review, page, (row, place, facts) => {
      const free = freed.find(({ spot }) => spot[1] === place);
      if (!free) return duplicates.of(row) ?? judgeRow(row, judging, facts);
      return { ...judgeRow(row, judging, { ...facts, leaving: new Set([free.holderId]) }), after: free.after };
    });
  const chain = review.pages.map(({ hash }) => hash).join();
  const digest = deps.hash(
    JSON.stringify([file.sha256, file.encoding, file.delimiter, mapping, settings.version, chain]),
  );
  const seen = { settingsVersion: settings.version, scimEnabled: settings.scim.enabled };
  const next: Import = { ...entry, ...seen, version: entry.version + 1, state: 'reviewed', ...summed(review), digest };
  // Otherwise another mapping was chosen, somebody cancelled, or another process was first.
  await wasFirst(deps.stores.imports.save(next));
}

interface Review {
  readonly deps: Needs;
  readonly entry: Import;
  readonly judging: Judging;
  readonly duplicates: Duplicates;
  readonly pages: { readonly verdicts: readonly Verdict[]; readonly hash: string }[];
  readonly turn: () => Promise<void>;
}

type Judge = (row: FileRow, place: number, facts: PeopleFacts) => JudgedRow;

/** Judges the rows of a page, and keeps what came out of it. */
async function judgePage({ deps, entry, judging, duplicates, pages, turn }: Review, page: number, judge: Judge) {
  const { organizationId, id: importId } = entry;
  const rows = await readRows(deps, entry, 'file', page);
  await turn();
  const found = await readRowFacts(deps, organizationId, rows, judging.mapping);
  const facts = { ...found, movedBy: duplicates.movedBy };
  const { verdicts, text } = await judgeAll(rows, (row, place) => judge(row, place, facts), turn);
  await turn();
  await deps.stores.imports.putPart({ organizationId, importId, part: reviewPart(entry), page, text });
  await turn();
  pages[page] = { verdicts, hash: deps.hash(text) };
  await turn();
}

/** Counts by verdict, and the pages on which each is met. */
function summed({ pages }: Review): Pick<Import, 'counts' | 'pagesOf'> {
  let met: Pick<Import, 'counts' | 'pagesOf'> = { counts: {}, pagesOf: {} };
  for (const [page, { verdicts }] of pages.entries()) met = tallyPage(met.counts, met.pagesOf, page, verdicts);
  return met;
}

/** The verdicts of a page of rows, and the page as it is kept: made row by row, as requests have their turn in between. */
async function judgeAll(
  rows: readonly FileRow[],
  judge: (row: FileRow, place: number) => JudgedRow,
  turn: () => Promise<void>,
) {
  const verdicts: Verdict[] = [];
  const texts: string[] = [];
  for (const [place, row] of rows.entries()) {
    await turn();
    const reviewed = judge(row, place);
    verdicts.push(reviewed.verdict);
    texts.push(JSON.stringify(reviewed));
  }
  return { verdicts, text: `[${texts.join(',')}]` };
}

import type { FileRow, Import, JudgedRow, Verdict } from '../core/import.ts';
import { judgeRow, judgingOf } from '../core/judge-row.ts';
import { tallyPage } from '../core/tally.ts';
import type { Dependencies } from './dependencies.ts';
import { findDuplicates } from './find-duplicates.ts';
import { isWanted, readRows, reviewPart } from './import-parts.ts';
import { wasFirst } from './lost-races.ts';
import { readOrganization } from './organizations.ts';
import { readRowFacts } from './row-facts.ts';
import { createTurns } from './turns.ts';

type Needs = Pick<Dependencies, 'stores' | 'hash'>;

/**
 * Judges every row of a file under the mapping that was chosen, and keeps what came out of it with a digest over all of it.
 *
 * May be done any number of times, and broken off anywhere: nothing shows before the end.
 */
export async function reviewImport(deps: Needs, entry: Import): Promise<void> {
  const { mapping, organizationId, id: importId, file } = entry;
  if (mapping === null) return;
  const { settings } = await readOrganization(deps, organizationId);
  const judging = judgingOf(mapping, settings);
  const duplicates = await findDuplicates(deps, entry, mapping);
  let met: Pick<Import, 'counts' | 'pagesOf'> = { counts: {}, pagesOf: {} };
  let chain = '';
  const turn = createTurns();
  for (let page = 0; page < file.pages; page++) {
    if (!(await isWanted(deps, entry))) return;
    const rows = await readRows(deps, entry, 'file', page);
    const facts = await readRowFacts(deps, organizationId, rows, mapping);
    const { verdicts, text } = await judgeAll(rows, (row) => duplicates.of(row) ?? judgeRow(row, judging, facts));
    await deps.stores.imports.putPart({ organizationId, importId, part: reviewPart(entry), page, text });
    met = tallyPage(met.counts, met.pagesOf, page, verdicts);
    chain = deps.hash(`${chain}${text}`);
    await turn();
  }
  const digest = deps.hash(
    JSON.stringify([file.sha256, file.encoding, file.delimiter, mapping, settings.version, chain]),
  );
  const seen = { settingsVersion: settings.version, scimEnabled: settings.scim.enabled };
  const next: Import = { ...entry, ...seen, version: entry.version + 1, state: 'reviewed', ...met, digest };
  // Otherwise another mapping was chosen, somebody cancelled, or another process was first.
  await wasFirst(deps.stores.imports.save(next));
}

/** The verdicts of a page of rows, and the page as it is kept: made row by row, as requests have their turn in between. */
async function judgeAll(rows: readonly FileRow[], judge: (row: FileRow) => JudgedRow) {
  const turn = createTurns();
  const verdicts: Verdict[] = [];
  const texts: string[] = [];
  for (const row of rows) {
    await turn();
    const reviewed = judge(row);
    verdicts.push(reviewed.verdict);
    texts.push(JSON.stringify(reviewed));
  }
  return { verdicts, text: `[${texts.join(',')}]` };
}

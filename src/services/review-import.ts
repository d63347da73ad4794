import { fold } from '../core/fold.ts';
import type { FileRow, Import, ImportMapping, JudgedRow, Verdict } from '../core/import.ts';
import { judged, judgeRow, keyOfRow, type PeopleFacts } from '../core/judge-row.ts';
import { tally } from '../core/tally.ts';
import type { User } from '../core/user.ts';
import type { Dependencies } from './dependencies.ts';
import { readRows, reviewPart } from './import-parts.ts';
import { wasFirst } from './lost-races.ts';
import { readOrganization } from './organizations.ts';
import { createTurns } from './turns.ts';

type Needs = Pick<Dependencies, 'stores' | 'hash'>;

/** People read at a time: others have their turn in between. */
const SLICE = 25;

/** Rows that name one person more than once: each line with the lines it meets, and whether they say the same. */
type Duplicates = ReadonlyMap<string, { readonly lines: readonly number[]; readonly same: boolean }>;

/**
 * Judges every row of a file under the mapping that was chosen, and keeps what came out of it with a digest over all of it.
 *
 * May be done any number of times, and broken off anywhere: nothing shows before the end.
 */
export async function reviewImport(deps: Needs, entry: Import): Promise<void> {
  const { mapping, organizationId, id: importId, file } = entry;
  if (mapping === null) return;
  const { settings } = await readOrganization(deps, organizationId);
  const duplicates = await findDuplicates(deps, entry, mapping);
  const pagesOf: { [verdict in Verdict]?: number[] } = {};
  let counts: Import['counts'] = {};
  let chain = '';
  const turn = createTurns();
  for (let page = 0; page < file.pages; page++) {
    if (!(await isWanted(deps, entry))) return;
    const rows = await readRows(deps, entry, 'file', page);
    const facts = await readPeople(deps, organizationId, rows, mapping);
    const { verdicts, text } = await judgeAll(
      rows,
      (row) => duplicateOf(row, mapping, duplicates) ?? judgeRow(row, mapping, facts, settings),
    );
    await deps.stores.imports.putPart({ organizationId, importId, part: reviewPart(entry), page, text });
    counts = tally(counts, verdicts);
    for (const verdict of new Set(verdicts)) {
      pagesOf[verdict] ??= [];
      pagesOf[verdict].push(page);
    }
    chain = deps.hash(`${chain}${text}`);
    await turn();
  }
  const digest = deps.hash(
    JSON.stringify([file.sha256, file.encoding, file.delimiter, mapping, settings.version, chain]),
  );
  const seen = { settingsVersion: settings.version, scimEnabled: settings.scim.enabled };
  const next: Import = { ...entry, ...seen, version: entry.version + 1, state: 'reviewed', counts, pagesOf, digest };
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

/** Whether nobody has chosen another mapping, cancelled or been first meanwhile. */
async function isWanted({ stores }: Needs, { organizationId, id, version }: Import): Promise<boolean> {
  return (await stores.imports.get(organizationId, id))?.version === version;
}

/** Everybody a page of rows may mean, in a few reads. */
export async function readPeople(
  { stores }: Needs,
  organizationId: string,
  rows: readonly FileRow[],
  mapping: ImportMapping,
): Promise<PeopleFacts> {
  const cells = (name: 'email' | 'id') => {
    const index = mapping.columns.indexOf(name);
    return index < 0 ? [] : [...new Set(rows.map((row) => (row.cells[index] ?? '').trim()).filter(Boolean))];
  };
  const byEmail = await inSlices(cells('email'), (emails) => stores.users.findByEmails(organizationId, emails));
  const ids = mapping.key === 'id' ? cells('id') : [];
  const byId = await inSlices(ids, (some) => stores.users.getMany(organizationId, some));
  return {
    byId: new Map(byId.map((user) => [user.id, user])),
    byEmail: new Map(byEmail.map((user) => [fold(user.email ?? ''), user])),
  };
}

async function inSlices(
  keys: readonly string[],
  find: (keys: readonly string[]) => Promise<readonly User[]>,
): Promise<readonly User[]> {
  const turn = createTurns();
  const found: User[] = [];
  for (let at = 0; at < keys.length; at += SLICE) {
    found.push(...(await find(keys.slice(at, at + SLICE))));
    await turn();
  }
  return found;
}

async function findDuplicates(deps: Needs, entry: Import, mapping: ImportMapping): Promise<Duplicates> {
  const first = new Map<string, { readonly line: number; readonly says: string }>();
  const duplicates = new Map<string, { lines: number[]; same: boolean }>();
  const turn = createTurns();
  for (let page = 0; page < entry.file.pages; page++) {
    for (const row of await readRows(deps, entry, 'file', page)) {
      await turn();
      const key = keyOfRow(row, mapping);
      if (key === '' || row.problem !== undefined) continue;
      const says = deps.hash(JSON.stringify(mapping.columns.map((name, at) => saidIn(row, name, at))));
      const earlier = first.get(key);
      if (!earlier) {
        first.set(key, { line: row.line, says });
        continue;
      }
      const found = duplicates.get(key) ?? { lines: [earlier.line], same: true };
      found.lines.push(row.line);
      found.same &&= earlier.says === says;
      duplicates.set(key, found);
    }
  }
  return duplicates;
}

/** Two spellings of one address say the same. */
function saidIn({ cells }: FileRow, name: ImportMapping['columns'][number], at: number): string | null {
  const cell = (cells[at] ?? '').trim();
  if (name === null) return null;
  return name === 'email' ? fold(cell) : cell;
}

const MOST_LINES = 20;

/** The same twice: the first counts. Something else twice: none does. */
function duplicateOf(row: FileRow, mapping: ImportMapping, duplicates: Duplicates): JudgedRow | null {
  const found = row.problem === undefined ? duplicates.get(keyOfRow(row, mapping)) : undefined;
  if (!found || (found.same && found.lines[0] === row.line)) return null;
  const others = found.lines.filter((line) => line !== row.line).slice(0, MOST_LINES);
  const reason = found.same
    ? `says the same as line ${found.lines[0]}`
    : `says something else of the same user than line ${others.join(', ')}`;
  return judged(row, 'duplicate', null, [reason]);
}

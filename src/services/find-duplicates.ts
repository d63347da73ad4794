import { fold } from '../core/fold.ts';
import type { FileRow, Import, ImportMapping, JudgedRow } from '../core/import.ts';
import { judged, keyOfRow } from '../core/judge-row.ts';
import { employeeNumberOf } from '../core/person-attributes.ts';
import type { User } from '../core/user.ts';
import type { Dependencies } from './dependencies.ts';
import { readRows } from './import-parts.ts';
import { createTurns } from './turns.ts';

/** Rows of a file that cannot all be meant, by what they have in common. */
export interface Duplicates {
  /** What is to become of a row that is one of them; null for every other row. */
  of(row: FileRow): JudgedRow | null;
  /** The line that asks for another address for somebody; null when none does. */
  movedBy(user: User): number | null;
}

/** Lines that have one thing in common, and whether they say the same. */
interface Group {
  readonly lines: number[];
  same: boolean;
}

interface Names {
  /** What names somebody or what is to be theirs alone; '' when a row has none. */
  nameOf(row: FileRow): string;
  readonly groups: Map<string, Group>;
  readonly first: Map<string, { readonly line: number; readonly says: string }>;
  /** Says that others ask for the same, and where. */
  sentence(lines: string): string;
}

const MOST_LINES = 20;

/** Finds the rows that name one person more than once, or give one address to several. */
export async function findDuplicates(
  deps: Pick<Dependencies, 'stores' | 'hash'>,
  entry: Import,
  mapping: ImportMapping,
): Promise<Duplicates> {
  const keys = namesOf(
    (row) => keyOfRow(row, mapping),
    (lines) => `says something else of the same user than line ${lines}`,
  );
  const at = mapping.key === 'email' ? -1 : mapping.columns.indexOf('email');
  const addresses = namesOf(
    ({ cells }) => fold((cells[at] ?? '').trim()),
    (lines) => `asks for the same address as line ${lines}`,
  );
  const names = at < 0 ? [keys] : [keys, addresses];
  const wishes = new Map<string, { readonly line: number; readonly email: string }>();
  const turn = createTurns();
  for (let page = 0; page < entry.file.pages; page++) {
    for (const row of await readRows(deps, entry, 'file', page)) {
      await turn();
      if (row.problem !== undefined) continue;
      const says = deps.hash(JSON.stringify(mapping.columns.map((name, index) => saidIn(row, name, index))));
      for (const kind of names) note(kind, row, says);
      if (at >= 0) wishes.set(keys.nameOf(row), { line: row.line, email: addresses.nameOf(row) });
    }
  }
  return {
    of: (row) => names.reduce<JudgedRow | null>((found, kind) => found ?? duplicateOf(row, kind), null),
    movedBy(user) {
      const name = mapping.key === 'id' ? user.id : employeeNumberOf(user.attributes);
      // A row whose key is blank names nobody, whoever has no number.
      const wish = name ? wishes.get(name) : undefined;
      return wish && wish.email !== '' && wish.email !== fold(user.email ?? '') ? wish.line : null;
    },
  };
}

function namesOf(nameOf: Names['nameOf'], sentence: Names['sentence']): Names {
  return { nameOf, sentence, groups: new Map(), first: new Map() };
}

function note({ nameOf, groups, first }: Names, row: FileRow, says: string): void {
  const name = nameOf(row);
  if (name === '') return;
  const earlier = first.get(name);
  if (!earlier) {
    first.set(name, { line: row.line, says });
    return;
  }
  const found = groups.get(name) ?? { lines: [earlier.line], same: true };
  found.lines.push(row.line);
  found.same &&= earlier.says === says;
  groups.set(name, found);
}

/** Two spellings of one address say the same. */
function saidIn({ cells }: FileRow, name: ImportMapping['columns'][number], at: number): string | null {
  const cell = (cells[at] ?? '').trim();
  if (name === null) return null;
  return name === 'email' ? fold(cell) : cell;
}

/** The same twice: the first counts. Something else twice: none does. */
function duplicateOf(row: FileRow, { nameOf, groups, sentence }: Names): JudgedRow | null {
  const found = row.problem === undefined ? groups.get(nameOf(row)) : undefined;
  if (!found || (found.same && found.lines[0] === row.line)) return null;
  const others = found.lines.filter((line) => line !== row.line).slice(0, MOST_LINES);
  const reason = found.same ? `says the same as line ${found.lines[0]}` : sentence(others.join(', '));
  return judged(row, 'duplicate', null, [reason]);
}

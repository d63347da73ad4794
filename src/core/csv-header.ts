import { COLUMN_NAMES, COLUMNS, type ColumnName, IGNORED_COLUMNS } from './csv-columns.ts';
import type { ImportMapping } from './import.ts';

/** What a header is taken for: a column, the key `id`, or nothing. */
export type Taken = ImportMapping['columns'][number];

/** Headers compare without case, blanks and punctuation. */
export function headerKey(header: string): string {
  return header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}]/gu, '');
}

const KNOWN: ReadonlyMap<string, ColumnName> = new Map(
  COLUMN_NAMES.flatMap((name) => [name, ...COLUMNS[name].synonyms].map((spelling) => [headerKey(spelling), name])),
);

/** Columns that mean something here and are never written. */
const IGNORED: ReadonlySet<string> = new Set(IGNORED_COLUMNS.map(headerKey));

/** What each header of a file is likely to mean; a column is taken once. */
export function suggestColumns(headers: readonly string[]): readonly Taken[] {
  const used = new Set<Taken>();
  return headers.map((header) => {
    const key = headerKey(header);
    const taken = key === 'id' ? 'id' : (KNOWN.get(key) ?? null);
    if (taken === null || used.has(taken)) return null;
    used.add(taken);
    return taken;
  });
}

/** Headers of columns that an import never writes, as the file spells them. */
export function ignoredHeaders(headers: readonly string[], columns: readonly Taken[]): readonly string[] {
  return headers.filter((header, index) => columns[index] === null && IGNORED.has(headerKey(header)));
}

/** What is wrong with the header of a file; null when nothing is. */
export function headerMistake(headers: readonly string[], mostColumns: number): string | null {
  if (headers.every((header) => header.trim() === '')) return 'the file has no header';
  if (headers.length > mostColumns) return `the file has more than ${mostColumns} columns`;
  const seen = new Set<string>();
  for (const [index, header] of headers.entries()) {
    if (header.trim() === '') return `column ${index + 1} has no header`;
    const key = header.trim().toLowerCase();
    if (seen.has(key)) return `the header "${header}" stands twice`;
    seen.add(key);
  }
  return headers.some((header) => /^[^\s@]+@[^\s@]+$/.test(header))
    ? 'the first line holds an address, so the file seems to have no header'
    : null;
}

/** Names one set of headers, whatever their order and spelling. */
export function headerSet(headers: readonly string[]): string {
  return headers.map(headerKey).toSorted().join('\n');
}

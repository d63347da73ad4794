import { COLUMNS, type ColumnName, POOL_SYNONYMS, POOLS, ruleOf, valueColumns } from './csv-columns.ts';
import type { ImportMapping } from './import.ts';
import type { Settings } from './organization.ts';

/** What a header is taken for: a column, the key `id`, or nothing. */
export type Taken = ImportMapping['columns'][number];

type Fields = Pick<Settings, 'customFields'>;

/** Columns that are recognised, and never written by an import. */
export const IGNORED_COLUMNS: { readonly [name: string]: readonly string[] } = {
  id: ['user id', 'person id'],
  scimId: [],
  hostId: [],
  externalId: [],
  kind: [],
  status: ['state', 'active', 'enabled'],
  level: ['access level'],
  roles: ['role', 'access roles'],
  agency: ['agency id', 'agency name'],
};

/** Headers compare without case, blanks and punctuation. */
export function headerKey(header: string): string {
  return header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}]/gu, '');
}

/** Columns that mean something here and are never written. */
const IGNORED: ReadonlySet<string> = new Set(
  Object.entries(IGNORED_COLUMNS).flatMap(([name, synonyms]) => [name, ...synonyms].map(headerKey)),
);

/** What only an export of this product has all of: its rows are named by id. */
const OF_AN_EXPORT = ['id', 'kind', 'status', 'level'].map(headerKey);

/** Every header that is known, and what it means. What everybody has comes before an organization's own fields. */
function knownHeaders(settings: Fields): ReadonlyMap<string, ColumnName> {
  const known = new Map<string, ColumnName>();
  const names = [...Object.keys(COLUMNS), POOLS, ...valueColumns(settings)] as readonly ColumnName[];
  for (const name of new Set(names)) {
    const synonyms = name === POOLS ? POOL_SYNONYMS : (ruleOf(name, settings)?.synonyms ?? []);
    for (const key of [name, ...synonyms].map(headerKey))
      if (!known.has(key) && (Object.hasOwn(COLUMNS, name) || !IGNORED.has(key))) known.set(key, name);
  }
  return known;
}

/** What each header of a file is likely to mean; a column is taken once. */
export function suggestColumns(headers: readonly string[], settings: Fields): readonly Taken[] {
  const known = knownHeaders(settings);
  const used = new Set<Taken>();
  return headers.map((header) => {
    const key = headerKey(header);
    const taken = key === 'id' ? 'id' : (known.get(key) ?? null);
    if (taken === null || used.has(taken)) return null;
    used.add(taken);
    return taken;
  });
}

/** What the rows of a file are likely to be named by. */
export function suggestKey(headers: readonly string[], columns: readonly Taken[]): ImportMapping['key'] {
  const keys = new Set(headers.map(headerKey));
  if (OF_AN_EXPORT.every((key) => keys.has(key))) return 'id';
  return (['email', 'id', 'employeeNumber'] as const).find((key) => columns.includes(key)) ?? 'email';
}

/** Headers of columns that an import never writes, as the file spells them. */
export function ignoredHeaders(
  headers: readonly string[],
  { columns, key }: Pick<ImportMapping, 'columns' | 'key'>,
): readonly string[] {
  return headers.filter((header, index) => {
    const taken = columns[index] ?? null;
    return taken === 'id' ? key !== 'id' : taken === null && IGNORED.has(headerKey(header));
  });
}

/** What is wrong with the header of a file; null when nothing is. */
export function headerMistake(headers: readonly string[], mostColumns: number): string | null {
  if (headers.every((header) => header.trim() === '')) return 'the file has no header';
  if (headers.some((header) => header.includes('\0')))
    return 'the header holds null characters; a file in UTF-16 needs the mark at its start that says so';
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

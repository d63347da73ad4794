import { POOLS, ruleOf } from '../core/csv-columns.ts';
import { headerKey, headerSet, type Taken } from '../core/csv-header.ts';
import type { Import, ImportMapping } from '../core/import.ts';
import type { Settings } from '../core/organization.ts';
import type { Dependencies } from './dependencies.ts';

type Needs = Pick<Dependencies, 'stores' | 'hash'>;

/** Where mappings lie: no import has this id. */
const SHELF = 'mappings';

type Remembered = Omit<ImportMapping, 'columns'> & { readonly columns: { readonly [name: string]: Taken } };

/** What each header is remembered by: as headers compare, or as it is spelled where another one compares the same. */
function namesOf(headers: readonly string[]): readonly string[] {
  const keys = headers.map(headerKey);
  return keys.map((key, at) => (keys.indexOf(key) === keys.lastIndexOf(key) ? key : `"${headers[at]?.toLowerCase()}"`));
}

/** Keeps a mapping for the next file with the same headers, in whatever order. */
export async function rememberMapping({ stores, hash }: Needs, entry: Import, mapping: ImportMapping): Promise<void> {
  const { headers } = entry.file;
  const columns = Object.fromEntries(namesOf(headers).map((name, index) => [name, mapping.columns[index] ?? null]));
  const remembered: Remembered = { ...mapping, columns };
  const key = { organizationId: entry.organizationId, importId: SHELF, part: hash(headerSet(headers)), page: 0 };
  await stores.imports.putPart({ ...key, text: JSON.stringify(remembered) });
}

/** The mapping chosen last for a file with these headers; null when there was none. */
export async function rememberedMapping(
  { stores, hash }: Needs,
  organizationId: string,
  settings: Settings,
  headers: readonly string[],
): Promise<ImportMapping | null> {
  const key = { organizationId, importId: SHELF, part: hash(headerSet(headers)), page: 0 };
  const text = await stores.imports.part(key);
  if (text === null) return null;
  const remembered = JSON.parse(text) as Remembered;
  const columns = namesOf(headers).map((name) => remembered.columns[name] ?? null);
  return {
    ...remembered,
    columns: columns.map((name, at) => (isThere(name, settings) && columns.indexOf(name) === at ? name : null)),
  };
}

/** A field may have been taken away since. */
function isThere(name: Taken, settings: Settings): boolean {
  return name === null || name === 'id' || name === POOLS || ruleOf(name, settings) !== null;
}

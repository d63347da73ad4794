import type { z } from 'zod';
import { customColumn } from '../core/csv-columns.ts';
import { suggestColumns, suggestKey, type Taken } from '../core/csv-header.ts';
import { DEFAULT_OPTIONS, type Import, type ImportMapping } from '../core/import.ts';
import type { Settings } from '../core/organization.ts';
import type { mappingBody } from './import-view.ts';
import { invalidInput } from './parse-input.ts';

/**
 * The mapping a request asks for; one that asks for nothing takes all that is suggested. Throws `invalid` for an unknown header, a
 * column taken twice, a field that is not declared, a key without a column, and a mode that goes with no key.
 */
export function readMapping(
  { file, suggestion }: Import,
  body: z.output<typeof mappingBody>,
  settings: Settings,
): ImportMapping {
  const otherwise = Object.keys(body).length === 0 ? suggestion : DEFAULT_OPTIONS;
  const { columns: asked, key: askedKey } = body;
  const { blank = otherwise.blank, mode = otherwise.mode, activateNew = otherwise.activateNew } = body;
  const columns =
    asked === undefined
      ? suggestedWith(askedKey, file.headers, suggestion.columns)
      : columnsOf(file.headers, asked, settings);
  const key = askedKey ?? (columns.includes(suggestion.key) ? suggestion.key : suggestKey(file.headers, columns));
  if (!columns.includes(key))
    throw invalidInput([{ path: 'key', message: `no column of the file is taken for ${key}` }]);
  if (mode !== 'update' && key !== 'id' && !columns.includes('email'))
    throw invalidInput([{ path: 'columns', message: 'a new user needs an email; map one, or choose mode update' }]);
  if (mode === 'create' && key === 'id')
    throw invalidInput([{ path: 'mode', message: 'nobody new has an id yet; choose another key, or mode update' }]);
  return { columns, key, blank, mode, activateNew };
}

/** What is remembered of these headers may not read the column of the key that is asked for now. */
function suggestedWith(
  key: ImportMapping['key'] | undefined,
  headers: readonly string[],
  columns: readonly Taken[],
): readonly Taken[] {
  if (key === undefined || columns.includes(key)) return columns;
  const at = suggestColumns(headers, {}).indexOf(key);
  return columns.map((name, index) => (index === at && name === null ? key : name));
}

function columnsOf(
  headers: readonly string[],
  asked: { readonly [header: string]: string | null },
  settings: Settings,
): readonly Taken[] {
  const unknown = Object.keys(asked).filter((header) => !headers.includes(header));
  if (unknown.length > 0)
    throw invalidInput(unknown.map((header) => ({ path: `columns.${header}`, message: 'is no header of the file' })));
  const columns = headers.map((header) => (Object.hasOwn(asked, header) ? (asked[header] as Taken) : null));
  const undeclared = Object.keys(asked).filter((header) => !isDeclared(asked[header], settings));
  if (undeclared.length > 0)
    throw invalidInput(undeclared.map((header) => ({ path: `columns.${header}`, message: UNDECLARED })));
  const twice = columns.filter((name, at) => name !== null && columns.indexOf(name) !== at);
  if (twice.length > 0)
    throw invalidInput([{ path: 'columns', message: `${twice[0]} is taken from more than one column` }]);
  return columns;
}

const UNDECLARED = 'is no field that the organization declares';

function isDeclared(name: string | null | undefined, { customFields = [] }: Settings): boolean {
  return !name?.startsWith('custom.') || customFields.some((field) => customColumn(field) === name);
}

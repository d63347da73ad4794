import type { z } from 'zod';
import type { Taken } from '../core/csv-header.ts';
import type { Import, ImportMapping } from '../core/import.ts';
import type { mappingBody } from './import-view.ts';
import { invalidInput } from './parse-input.ts';

/** The mapping a request asks for. Throws `invalid` for an unknown header, a column taken twice, and a key without a column. */
export function readMapping({ file, suggestion }: Import, body: z.output<typeof mappingBody>): ImportMapping {
  const { columns: asked, ...options } = body;
  const columns = asked === undefined ? suggestion.columns : columnsOf(file.headers, asked);
  if (!columns.includes(options.key))
    throw invalidInput([{ path: 'key', message: `no column of the file is taken for ${options.key}` }]);
  if (options.mode !== 'update' && !columns.includes('email'))
    throw invalidInput([{ path: 'columns', message: 'a new user needs an email; map one, or choose mode update' }]);
  return { columns, ...options };
}

function columnsOf(headers: readonly string[], asked: { readonly [header: string]: string | null }): readonly Taken[] {
  const unknown = Object.keys(asked).filter((header) => !headers.includes(header));
  if (unknown.length > 0)
    throw invalidInput(unknown.map((header) => ({ path: `columns.${header}`, message: 'is no header of the file' })));
  const columns = headers.map((header) => (Object.hasOwn(asked, header) ? (asked[header] as Taken) : null));
  const twice = columns.filter((name, at) => name !== null && columns.indexOf(name) !== at);
  if (twice.length > 0)
    throw invalidInput([{ path: 'columns', message: `${twice[0]} is taken from more than one column` }]);
  return columns;
}

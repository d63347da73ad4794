import { stringify } from 'csv-stringify/sync';
import { toCell } from '../core/csv-cell.ts';

/** A row of a CSV file (RFC 4180). No cell of it is taken for a formula by a spreadsheet. */
export function csvLine(cells: readonly string[]): string {
  return stringify([cells.map(toCell)], { record_delimiter: '\r\n', quoted_match: /^\s|\s$|[\r\n;\t|]/ });
}

/** Pages of rows as CSV, page by page. */
export async function* csvText(pages: AsyncIterable<readonly (readonly string[])[]>): AsyncGenerator<string> {
  for await (const rows of pages) yield rows.map(csvLine).join('');
}

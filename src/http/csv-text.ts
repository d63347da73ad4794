import { stringify } from 'csv-stringify/sync';
import { toCell } from '../core/csv-cell.ts';
import { createTurns } from '../services/turns.ts';

/** A row of a CSV file. */
export const csvLine = (cells: readonly string[]): string => csvLines([cells]);

/** Rows of a CSV file (RFC 4180). No cell of them is taken for a formula by a spreadsheet. */
function csvLines(rows: readonly (readonly string[])[]): string {
  return stringify(
    rows.map((cells) => cells.map(toCell)),
    { record_delimiter: '\r\n', quoted_match: /^\s|\s$|[\r\n;\t|]/ },
  );
}

/** Rows made into text at a time: others have their turn in between. */
const ROWS = 25;

/** Pages of rows as CSV, piece by piece. */
export async function* csvText(pages: AsyncIterable<readonly (readonly string[])[]>): AsyncGenerator<string> {
  const turn = createTurns();
  for await (const rows of pages)
    for (let at = 0; at < rows.length; at += ROWS) {
      yield csvLines(rows.slice(at, at + ROWS));
      await turn();
    }
}

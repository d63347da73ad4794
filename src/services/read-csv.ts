import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, type Options, parse } from 'csv-parse';
import { fromCell } from '../core/csv-cell.ts';
import { headerMistake } from '../core/csv-header.ts';
import { LONGEST_ROW, MOST_COLUMNS, MOST_ROWS } from '../core/csv-scan.ts';
import { AppError } from '../core/errors.ts';
import type { Delimiter, FileRow } from '../core/import.ts';

/** Bytes of a character, at most, as a text counts its characters. */
const LONGEST_CHARACTER = 3;
/** Characters parsed at a time: others have their turn in between. */
const PIECE = 8_192;

const READING = {
  info: true,
  // Files that were put together, or edited elsewhere, end their lines in several ways.
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  skip_empty_lines: true,
  // Counted in bytes; what is too long was refused when it was sent.
  max_record_size: LONGEST_ROW * LONGEST_CHARACTER,
} satisfies Options;

interface Read {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** What a CSV file holds: its header first, then its rows as they come. */
export type CsvPiece = { readonly headers: readonly string[] } | { readonly row: FileRow };

/**
 * Reads a CSV file, or only its first records. A row with another number of cells than the header is told as a problem of its own.
 *
 * Throws `unreadable_file` for a quote that does not close, with the line it opens on, and for a header that is missing or double;
 * `too_large` for more than 50,000 rows.
 */
export async function* readCsv(
  text: AsyncIterable<string>,
  delimiter: Delimiter,
  { records }: { readonly records?: number } = {},
): AsyncGenerator<CsvPiece> {
  let lastLine = 0;
  const parser = parse({
    ...READING,
    delimiter,
    ...(records === undefined ? {} : { to: records }),
    on_record(record, { lines }) {
      lastLine = lines;
      return record;
    },
  });
  const fed = pipeline(Readable.from(inPieces(text)), parser).catch(() => undefined);
  let headers: readonly string[] | null = null;
  let rows = 0;
  // The parser counts a line break of Windows within a cell as two.
  let extra = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<Read>) {
      extra += windowsBreaksIn(record);
      if (headers === null) {
        headers = headersOf(record);
        yield { headers };
        continue;
      }
      // Spreadsheets end their files in rows of which nothing is left but what separates cells.
      if (record.every(isBlank)) continue;
      if (++rows > MOST_ROWS) throw new AppError('too_large', `the file has more than ${MOST_ROWS} rows`);
      yield { row: rowOf(record, firstLine(record, info.lines - extra), headers.length) };
    }
  } catch (error) {
    throw readable(error, lastLine);
  } finally {
    await fed;
  }
  if (headers === null) throw unreadable('the file has no header');
}

/** The header of a CSV file, whatever follows. Throws `unreadable_file`. */
export async function readHeaders(text: AsyncIterable<string>, delimiter: Delimiter): Promise<readonly string[]> {
  for await (const piece of readCsv(text, delimiter, { records: 1 })) if ('headers' in piece) return piece.headers;
  throw unreadable('the file has no header');
}

async function* inPieces(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of texts) for (let at = 0; at < text.length; at += PIECE) yield text.slice(at, at + PIECE);
}

function headersOf(record: readonly string[]): readonly string[] {
  const headers = record.map((header) => fromCell(header).trim());
  const mistake = headerMistake(headers, MOST_COLUMNS);
  if (mistake !== null) throw unreadable(mistake);
  return headers;
}

function rowOf(record: readonly string[], line: number, expected: number): FileRow {
  const cells = record.map(fromCell);
  if (cells.length === expected) return { line, cells };
  return { line, cells, problem: `the row has ${cells.length} cells where the header has ${expected}` };
}

const isBlank = (cell: string): boolean => cell.trim() === '';

/** A row may go over many lines. */
function firstLine(record: readonly string[], last: number): number {
  return last - breaksIn(record);
}

const unreadable = (message: string, line?: number) =>
  new AppError('unreadable_file', message, line === undefined ? {} : { line });

const breaksIn = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);

const windowsBreaksIn = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + (cell.includes('\r\n') ? cell.split('\r\n').length - 1 : 0), 0);

/** The refusal that a fault of the file is; anything else goes up as it is. */
function readable(error: unknown, lastLine: number): unknown {
  if (!(error instanceof CsvError)) return error;
  const { lines, record } = error as CsvError & { readonly lines?: number; readonly record?: readonly string[] };
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    const opened = lastLine + 1 + breaksIn(Array.isArray(record) ? record : []);
    return unreadable(`a quote that opens on line ${opened} does not close`, opened);
  }
  if (error.code === 'CSV_MAX_RECORD_SIZE') return unreadable(`the row on line ${lines} is too long`, lines);
  return unreadable(`line ${lines} cannot be read: a quote stands where none may`, lines);
}

import { AppError } from './errors.ts';
import type { Delimiter } from './import.ts';

export const MOST_COLUMNS = 100;
export const MOST_ROWS = 50_000;
/** Characters of one row. */
export const LONGEST_ROW = 1_000_000;

const NUL = 0;
const LF = 10;
const CR = 13;
const QUOTE = 34;

/** Where the next character stands: before a cell, in one, in a quoted one, behind a quote that closes it or is the first of two. */
const START = 0;
const PLAIN = 1;
const QUOTED = 2;
const CLOSING = 3;

/** Looks at a file as it comes, piece by piece. Both throw `unreadable_file` with the line, and `too_large`. */
export interface CsvScan {
  take(text: string): void;
  /** Nothing follows. */
  end(): void;
}

/**
 * Tells what the parser will refuse a CSV file for, at a fraction of the cost: more rows or columns than may be, a quote that does not
 * close or stands where none may, a row without end. A line may end in each of the three ways, whatever the others do.
 */
export function createCsvScan(delimiter: Delimiter): CsvScan {
  const { look, end } = createLook(delimiter);
  let held = '';
  return {
    take(text) {
      const whole = held + text;
      // What a carriage return is shows in what follows.
      const isOpen = whole.endsWith('\r');
      held = isOpen ? '\r' : '';
      look(isOpen ? whole.slice(0, -1) : whole);
    },
    end() {
      look(held);
      end();
    },
  };
}

/** The same for texts of which none ends between a carriage return and what follows. */
function createLook(delimiter: Delimiter) {
  const special = new RegExp(`["\\r\\n${delimiter}]`, 'g');
  let state = START;
  let [line, rowLine, openedLine] = [1, 1, 1];
  let [rows, separators, length] = [-1, 0, 0];
  let isBlank = true;

  function endRow(): void {
    if (!isBlank && ++rows > MOST_ROWS) throw tooLarge(`${MOST_ROWS} rows`);
    state = START;
    isBlank = true;
    separators = length = 0;
    rowLine = line;
  }

  function endCell(): void {
    state = START;
    if (++separators >= MOST_COLUMNS && rows < 0) throw tooLarge(`${MOST_COLUMNS} columns`);
  }

  function keep(count: number): void {
    if (state !== QUOTED) state = PLAIN;
    isBlank = false;
    length += count;
    if (length <= LONGEST_ROW) return;
    if (state === QUOTED) throw notClosed(openedLine);
    throw unreadable(`the row on line ${rowLine} is too long`, rowLine);
  }

  function meetQuote(): void {
    if (state === PLAIN) throw misplaced(line);
    if (state === START) openedLine = line;
    if (state === CLOSING) length++;
    isBlank = false;
    state = state === QUOTED ? CLOSING : QUOTED;
  }

  /** Characters that mean nothing by themselves. */
  function meetText(first: number, count: number): void {
    if (state === CLOSING && first !== NUL) throw misplaced(line);
    keep(count);
  }

  /** Of a break of two characters the first one ends the row, and the second one a blank row. */
  function meetBreak(code: number, next: number): void {
    if (code === LF || next !== LF) line++;
    if (state === QUOTED) keep(1);
    else endRow();
  }

  function meetSpecial(code: number, next: number): void {
    if (code === LF || code === CR) meetBreak(code, next);
    else if (code === QUOTE) meetQuote();
    else if (state === QUOTED) keep(1);
    else endCell();
  }

  function look(text: string): void {
    for (let from = 0; from < text.length; ) {
      special.lastIndex = from;
      const at = special.test(text) ? special.lastIndex - 1 : text.length;
      if (at > from) meetText(text.charCodeAt(from), at - from);
      if (at < text.length) meetSpecial(text.charCodeAt(at), text.charCodeAt(at + 1));
      from = at + 1;
    }
  }

  function end(): void {
    if (state === QUOTED) throw notClosed(openedLine);
    endRow();
  }

  return { look, end };
}

const tooLarge = (most: string) => new AppError('too_large', `the file has more than ${most}`);
const unreadable = (message: string, line: number) => new AppError('unreadable_file', message, { line });
const notClosed = (line: number) => unreadable(`a quote that opens on line ${line} does not close`, line);
const misplaced = (line: number) => unreadable(`line ${line} cannot be read: a quote stands where none may`, line);

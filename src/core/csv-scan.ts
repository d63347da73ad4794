import { AppError } from './errors.ts';
import type { Delimiter } from './import.ts';

export const MOST_COLUMNS = 100;
export const MOST_ROWS = 50_000;
/** Characters of one row that are let through; the first one beyond is one too many. */
const LONGEST_ROW = 1_000_001;

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
 * close or stands where none may, a row without end. Lines end as the first one does.
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
  const lines = createLines();
  let [rowLine, openedLine] = [1, 1];
  let [rows, separators, length] = [-1, 0, 0];
  let isBlank = true;

  function endRow(): void {
    if (!isBlank && ++rows > MOST_ROWS) throw tooLarge(`${MOST_ROWS} rows`);
    state = START;
    isBlank = true;
    separators = length = 0;
    rowLine = lines.now();
  }

  function endCell(): void {
    state = START;
    isBlank = false;
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
    if (state === PLAIN) throw misplaced(lines.now());
    if (state === START) openedLine = lines.now();
    if (state === CLOSING) length++;
    isBlank = false;
    state = state === QUOTED ? CLOSING : QUOTED;
  }

  /** Characters that mean nothing by themselves, or a line break that belongs to the cell. */
  function meetText(first: number, count: number): void {
    if (state === CLOSING && first !== NUL) throw misplaced(lines.now());
    keep(count);
  }

  /** How many characters it took. */
  function meetBreak(code: number, next: number): number {
    const width = lines.meetBreak(code, next, state === QUOTED);
    if (width === 0) meetText(code, 1);
    else endRow();
    return Math.max(width, 1);
  }

  function meetSpecial(code: number, next: number): number {
    if (code === LF || code === CR) return meetBreak(code, next);
    if (code === QUOTE) meetQuote();
    else if (state === QUOTED) keep(1);
    else endCell();
    return 1;
  }

  function look(text: string): void {
    for (let from = 0; from < text.length; ) {
      special.lastIndex = from;
      const at = special.test(text) ? special.lastIndex - 1 : text.length;
      if (at > from) meetText(text.charCodeAt(from), at - from);
      from = at < text.length ? at + meetSpecial(text.charCodeAt(at), text.charCodeAt(at + 1)) : at;
    }
  }

  function end(): void {
    if (state === QUOTED) throw notClosed(openedLine);
    endRow();
  }

  return { look, end };
}

/** Counts lines, and knows the line breaks that end rows: those that are the first one outside of quotes. */
function createLines() {
  let line = 1;
  let rowEnd: '\n' | '\r' | '\r\n' | null = null;
  const widthOf = (code: number, next: number): number => {
    rowEnd ??= code === LF ? '\n' : next === LF ? '\r\n' : '\r';
    if (rowEnd === '\r\n') return code === CR && next === LF ? 2 : 0;
    return code === (rowEnd === '\n' ? LF : CR) ? 1 : 0;
  };
  return {
    now: () => line,
    /** How many characters end the row here: 0, when the break belongs to a cell. */
    meetBreak(code: number, next: number, isQuoted: boolean): number {
      const width = isQuoted ? 0 : widthOf(code, next);
      if (code === LF || next !== LF || width === 2) line++;
      return width;
    },
  };
}

const tooLarge = (most: string) => new AppError('too_large', `the file has more than ${most}`);
const unreadable = (message: string, line: number) => new AppError('unreadable_file', message, { line });
const notClosed = (line: number) => unreadable(`a quote that opens on line ${line} does not close`, line);
const misplaced = (line: number) => unreadable(`line ${line} cannot be read: a quote stands where none may`, line);

import { AppError } from '../core/errors.ts';
import type { Encoding } from '../core/import.ts';

/** The first bytes of files that are no text: packed (empty ones too), and the older kind. */
const SPREADSHEETS: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x50, 0x4b, 0x05, 0x06],
  [0xd0, 0xcf, 0x11, 0xe0],
];

/** How the older kind begins where it is text: a page or a document in markup, which is often named .xls. */
const MARKUP = /^\s*<(?:\?xml|!doctype|html|head|meta|table)\b/i;

const MARKS: readonly (readonly [encoding: Encoding, mark: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Bytes of the longest of them. */
export const MARK_BYTES = 4;

const startsWith = (bytes: Uint8Array, mark: readonly number[]) => mark.every((byte, index) => bytes[index] === byte);

export const SPREADSHEET_HINT = 'this is a spreadsheet; save it as CSV (UTF-8) and send that';

const ENCODINGS: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'];

/**
 * The encoding that a charset means to whoever reads the web (the Encoding Standard): Latin-1 is Windows-1252. Throws
 * `unsupported_media_type` for one that no file is read in.
 */
export function encodingNamed(charset: string): Encoding {
  const name = knownLabel(charset);
  const encoding = ENCODINGS.find((one) => one === name);
  if (encoding) return encoding;
  throw new AppError(
    'unsupported_media_type',
    `files are read as ${ENCODINGS.join(', ')}, not as the charset that is named`,
  );
}

function knownLabel(charset: string): string | null {
  try {
    return new TextDecoder(charset).encoding;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The encoding a file says it has, else the one that was chosen. Throws `unsupported_media_type` for a spreadsheet. */
export function encodingOf(start: Uint8Array, chosen: Encoding | undefined): Encoding {
  if (SPREADSHEETS.some((mark) => startsWith(start, mark)))
    throw new AppError('unsupported_media_type', SPREADSHEET_HINT);
  return MARKS.find(([, mark]) => startsWith(start, mark))?.[0] ?? chosen ?? 'utf-8';
}

/** Throws `unsupported_media_type` for text that is a spreadsheet. */
export function refuseMarkup(start: string): void {
  if (MARKUP.test(start)) throw new AppError('unsupported_media_type', SPREADSHEET_HINT);
}

/** The text of a file, without its mark. Throws `unreadable_file` with the line of the first byte that is none. */
export async function* decoded(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  let isAfterReturn = false;
  let tail: Uint8Array = new Uint8Array();
  let taken = 0;
  const count = (text: string) => {
    line += lineBreaks(text) - (isAfterReturn && text.startsWith('\n') ? 1 : 0);
    if (text !== '') isAfterReturn = text.endsWith('\r');
  };
  const textOf = (chunk: Uint8Array | undefined): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      // Characters of UTF-16 begin at even places.
      const before = encoding !== 'utf-8' && taken % 2 === 1 ? tail.subarray(1) : tail;
      count(readablePart(before, chunk ?? new Uint8Array(), encoding));
      throw new AppError('unreadable_file', `line ${line} has bytes that are not ${encoding}${hintFor(encoding)}`, {
        line,
      });
    }
  };
  for await (const chunk of bytes) {
    const text = textOf(chunk);
    count(text);
    taken += chunk.length;
    tail = Buffer.concat([tail, chunk.subarray(-LONGEST_CHARACTER)]).subarray(-LONGEST_CHARACTER);
    if (text !== '') yield text;
  }
  const rest = textOf(undefined);
  if (rest !== '') yield rest;
}

/** Bytes of a character, at most. */
const LONGEST_CHARACTER = 4;

/** What Excel makes of "CSV" where it is not told otherwise. */
const hintFor = (encoding: Encoding): string =>
  encoding === 'utf-8' ? '; choose the encoding windows-1252 for a file that Excel saved as plain CSV' : '';

/** The text of a chunk up to the first bytes that are none, given the last bytes before it. */
function readablePart(tail: Uint8Array, chunk: Uint8Array, encoding: Encoding): string {
  const before = fromCharacterStart(tail, encoding);
  const bytes = Buffer.concat([before, chunk]);
  let [good, bad] = [before.length, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (textIn(bytes.subarray(0, middle), encoding) === null) bad = middle;
    else good = middle;
  }
  const known = textIn(before, encoding) ?? '';
  return (textIn(bytes.subarray(0, good), encoding) ?? '').slice(known.length);
}

/** null: some of the bytes are no text, or begin none. */
function textIn(bytes: Uint8Array, encoding: Encoding): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
}

/** Without bytes at the start that end a character which began before. */
function fromCharacterStart(bytes: Uint8Array, encoding: Encoding): Uint8Array {
  let start = 0;
  while (start < bytes.length && textIn(bytes.subarray(start), encoding) === null)
    start += encoding === 'utf-8' ? 1 : 2;
  return bytes.subarray(start);
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) if (text[at + 1] !== '\n') count++;
  return count;
}

import { AppError } from '../core/errors.ts';
import type { Encoding } from '../core/import.ts';

/** The first bytes of files that are no text. */
const SPREADSHEETS: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];

const MARKS: readonly (readonly [encoding: Encoding, mark: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

const startsWith = (bytes: Uint8Array, mark: readonly number[]) => mark.every((byte, index) => bytes[index] === byte);

export const SPREADSHEET_HINT = 'this is a spreadsheet; save it as CSV (UTF-8) and send that';

/** The encoding a file says it has, else the one that was chosen. Throws `unsupported_media_type` for a spreadsheet. */
export function encodingOf(start: Uint8Array, chosen: Encoding | undefined): Encoding {
  if (SPREADSHEETS.some((mark) => startsWith(start, mark)))
    throw new AppError('unsupported_media_type', SPREADSHEET_HINT);
  return MARKS.find(([, mark]) => startsWith(start, mark))?.[0] ?? chosen ?? 'utf-8';
}

/** The text of a file, without its mark. Throws `unreadable_file` with the line of the first byte that is none. */
export async function* decoded(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  const textOf = (chunk: Uint8Array | undefined): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      const upTo = new TextDecoder(encoding).decode(chunk).split('\u{FFFD}')[0] ?? '';
      const at = line + newlines(upTo);
      throw new AppError('unreadable_file', `line ${at} has bytes that are not ${encoding}`, { line: at });
    }
  };
  for await (const chunk of bytes) {
    const text = textOf(chunk);
    line += newlines(text);
    if (text !== '') yield text;
  }
  const rest = textOf(undefined);
  if (rest !== '') yield rest;
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

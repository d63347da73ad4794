import type { IncomingMessage } from 'node:http';
import { AppError } from '../core/errors.ts';
import { SPREADSHEET_HINT } from '../services/decode-csv.ts';
import type { Upload } from './route.ts';

/** Media types that spreadsheets are sent as. */
const SPREADSHEET = /spreadsheet|ms-excel|opendocument|numbers/;

const MEGABYTE = 1_048_576;

/**
 * The bytes of an upload as they come. Throws `invalid` when the connection ends before they do, `too_large` when it says beforehand
 * that they are too many, and `unsupported_media_type` for another kind of body, with a hint for a spreadsheet.
 *
 * Whoever stops reading half-way leaves the connection open for the answer, and the rest is read and dropped.
 */
export async function* readUpload(request: IncomingMessage, expected: Upload): AsyncGenerator<Uint8Array> {
  const mediaType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  try {
    if (SPREADSHEET.test(mediaType)) throw new AppError('unsupported_media_type', SPREADSHEET_HINT);
    if (mediaType !== expected.mediaType)
      throw new AppError('unsupported_media_type', `the body must be ${expected.mediaType}`);
    // Whatever else is wrong with a file, to cut it is what helps first.
    if (Number(request.headers['content-length']) > expected.megabytes * MEGABYTE)
      throw new AppError('too_large', `the file may have at most ${expected.megabytes} MB`);
    yield* whole(request);
  } finally {
    request.resume();
  }
}

/** The charset that the type of an upload names, as it stands there; null without one. */
export function readCharset({ headers }: IncomingMessage): string | null {
  const [, charset = null] = /;\s*charset\s*=\s*"?([^";]*)/i.exec(headers['content-type'] ?? '') ?? [];
  return charset;
}

async function* whole(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* request.iterator({ destroyOnReturn: false });
  } catch (error) {
    throw new AppError('invalid', 'the file ended before all of it had come', {}, error);
  }
}

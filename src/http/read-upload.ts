import type { IncomingMessage } from 'node:http';
import { AppError } from '../core/errors.ts';
import { SPREADSHEET_HINT } from '../services/decode-csv.ts';

/** Media types that spreadsheets are sent as. */
const SPREADSHEET = /spreadsheet|ms-excel|opendocument|numbers/;

/**
 * The bytes of an upload as they come. Throws `invalid` when the connection ends before they do, and
 * `unsupported_media_type` for another kind of body, with a hint for a spreadsheet.
 *
 * Whoever stops reading half-way leaves the connection open for the answer, and the rest is read and dropped.
 */
export async function* readUpload(request: IncomingMessage, expected: string): AsyncGenerator<Uint8Array> {
  const mediaType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  try {
    if (SPREADSHEET.test(mediaType)) throw new AppError('unsupported_media_type', SPREADSHEET_HINT);
    if (mediaType !== expected) throw new AppError('unsupported_media_type', `the body must be ${expected}`);
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

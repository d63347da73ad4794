import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Problem } from './problem.ts';

/** Seconds after which it is worth asking again. */
const RETRY_AFTER = '5';

/** Headers that belong to a status, whoever refused. */
const HEADERS: ReadonlyMap<number, readonly [name: string, value: string]> = new Map([
  [401, ['WWW-Authenticate', 'Bearer realm="Rollcall"']],
  [503, ['Retry-After', RETRY_AFTER]],
]);

/** Writes an answer with a JSON body; undefined: nothing but the head. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  mediaType = 'application/json; charset=utf-8',
): void {
  response.statusCode = status;
  if (body === undefined) {
    response.end();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  response.setHeader('Content-Type', mediaType);
  response.setHeader('Content-Length', bytes.length);
  response.end(bytes);
}

/** Writes a file piece by piece, as fast as the client takes it; one that goes away ends it. */
export async function sendFile(
  response: ServerResponse,
  { mediaType, name }: { readonly mediaType: string; readonly name: string },
  pieces: AsyncIterable<string>,
): Promise<void> {
  response.setHeader('Content-Type', mediaType);
  response.setHeader('Content-Disposition', `attachment; filename="${name}"`);
  await pipeline(Readable.from(pieces), response);
}

export function sendProblem(response: ServerResponse, problem: Problem): void {
  const header = HEADERS.get(problem.status);
  if (header) response.setHeader(...header);
  sendJson(response, problem.status, problem, 'application/problem+json');
}

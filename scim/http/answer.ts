import type { ServerResponse } from 'node:http';
import { errorBody, type ScimError } from '../messages/scim-error.ts';
import type { ScimAnswer } from './exchange.ts';

const MEDIA_TYPE = 'application/scim+json';
/** A short text goes out in one piece with the head; a long one would be copied for that, and is encoded alone instead. */
const LONG_TEXT = 16_384;

/**
 * Writes an answer as it is: Node's own methods leave the bare media type alone, where Express would add a charset that strict
 * clients refuse.
 */
export function sendAnswer(response: ServerResponse, { status, body, headers }: ScimAnswer): void {
  response.statusCode = status;
  response.setHeader('Cache-Control', 'no-store');
  for (const name in headers) response.setHeader(name, headers[name] ?? '');
  if (body === undefined) {
    response.end();
    return;
  }
  response.setHeader('Content-Type', MEDIA_TYPE);
  const text = JSON.stringify(body);
  response.end(text.length > LONG_TEXT ? Buffer.from(text) : text);
}

/** Every answer that is no success looks like this, whoever refused. */
export function errorAnswer(error: ScimError): ScimAnswer {
  return { status: error.status, body: errorBody(error), headers: error.headers };
}

import type { ServerResponse } from 'node:http';
import { errorBody, type ScimError } from '../messages/scim-error.ts';
import type { ScimAnswer } from './exchange.ts';

const MEDIA_TYPE = 'application/scim+json';

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
  response.end(JSON.stringify(body));
}

/** Every answer that is no success looks like this, whoever refused. */
export function errorAnswer(error: ScimError): ScimAnswer {
  return { status: error.status, body: errorBody(error), headers: error.headers };
}

import type { IncomingMessage } from 'node:http';
import { json, type Request, type Response } from 'express';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { checkDepth } from '../messages/depth.ts';
import { LIMITS } from '../messages/limits.ts';
import { invalidSyntax, ScimError } from '../messages/scim-error.ts';

const MEDIA_TYPES: ReadonlySet<string> = new Set(['application/scim+json', 'application/json']);

const parseJson = json({ limit: LIMITS.largestBody, strict: false, type: () => true });

/**
 * Reads the JSON object a request carries, under either media type and with any parameters.
 *
 * Throws 415 for another media type, 413 for more than 1 MB (inflated), 400 `invalidSyntax` for no body, for what is no JSON object
 * and for more than 16 levels.
 */
export async function readBody(request: Request, response: Response): Promise<JsonObject> {
  if (!hasBody(request)) throw invalidSyntax('the request needs a JSON body');
  const mediaType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!MEDIA_TYPES.has(mediaType))
    throw new ScimError(415, 'the body must be application/scim+json or application/json');
  await new Promise<void>((resolve, reject) => {
    parseJson(request, response, (error) => (error === undefined ? resolve() : reject(error)));
  });
  const body: Json = request.body;
  if (!isObject(body)) throw invalidSyntax('the body must be a JSON object');
  checkDepth(body);
  return body;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

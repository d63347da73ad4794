import type { IncomingMessage } from 'node:http';
import { json, type Request, type Response } from 'express';
import { AppError } from '../core/errors.ts';
import { invalidInput } from './parse-input.ts';

const MEGABYTE = 1_048_576;
/** A body may have so many of them, inflated, unless its route says otherwise. */
const MEGABYTES = 1;
/** Levels of objects and lists a body may have. */
const DEEPEST_BODY = 16;
/** Names that mean something to the language itself. */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const MEDIA_TYPE = /^application\/(?:[\w.-]+\+)?json$/;

/**
 * Makes what reads the JSON a request carries, once for a route; undefined when it carries nothing.
 *
 * It throws `unsupported_media_type`, `too_large` (1 MB, inflated, or as many as are allowed), `invalid` for what is no JSON object, more
 * than 16 levels, member names that could reach into the language, and texts that stores would not give back as they came.
 */
export function bodyReader(megabytes = MEGABYTES): (request: Request, response: Response) => Promise<unknown> {
  const parseJson = json({ limit: megabytes * MEGABYTE, type: () => true });
  return (request, response) => readBody(request, response, parseJson);
}

async function readBody(request: Request, response: Response, parseJson: ReturnType<typeof json>): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  const mediaType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!MEDIA_TYPE.test(mediaType)) throw new AppError('unsupported_media_type', 'the body must be application/json');
  await new Promise<void>((resolve, reject) => {
    parseJson(request, response, (error) => (error === undefined ? resolve() : reject(error)));
  });
  checkShape(request.body, '', DEEPEST_BODY);
  return request.body;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Deeper JSON could exhaust the stack of whoever writes it again. */
export function checkShape(value: unknown, path: string, levels: number): void {
  if (typeof value === 'string' && !isWhole(value)) throw invalidInput([{ path, message: NOT_WHOLE }]);
  if (typeof value !== 'object' || value === null) return;
  if (levels === 0) throw invalidInput([{ path: '', message: `may be at most ${DEEPEST_BODY} levels deep` }]);
  // Of a long list of ids nothing is made but the list.
  if (Array.isArray(value) && value.every((member) => typeof member === 'string' && isWhole(member))) return;
  for (const [name, member] of Object.entries(value)) {
    const inner = path === '' ? name : `${path}.${name}`;
    if (!isWhole(name)) throw invalidInput([{ path, message: NOT_WHOLE }]);
    if (FORBIDDEN_NAMES.has(name)) throw invalidInput([{ path: inner, message: 'is not a name that may be used' }]);
    checkShape(member, inner, levels - 1);
  }
}

const NOT_WHOLE = 'must not contain a null character or half of a character';

const isWhole = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

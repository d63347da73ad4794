import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { AppError } from '../core/errors.ts';
import { answerOnce } from '../services/answer-once.ts';
import type { NamedBytes } from '../services/named-bytes.ts';
import { createTurns } from '../services/turns.ts';
import type { ApiContext, Call, Route } from './route.ts';

/** Names a request, so that sending it again does it once. */
export const KEY_HEADER = 'Idempotency-Key';
const REPLAYED_HEADER = 'Idempotent-Replayed';

const KEY = /^[\x21-\x7e]{1,200}$/;

/** Whether a row heeds the key: whatever writes to people, or takes in a file of them. */
export const takesKey = ({ policy, method }: Pick<Route, 'policy' | 'method'>): boolean =>
  policy === 'people:write' && method !== 'get';

/** What a route makes of a call: once for each key that comes with it, where the row heeds one. */
export async function handleOnce(
  route: Route,
  context: ApiContext,
  call: Call,
  request: Request,
  response: Response,
): Promise<unknown> {
  const key = takesKey(route) ? readKey(request.headers[KEY_HEADER.toLowerCase()]) : null;
  if (key === null || isPreview(call.query)) return route.handle(context, call);
  const organizationId = (call.params as { readonly org?: string }).org ?? '';
  const type = route.upload && request.headers['content-type'];
  const asked = JSON.stringify([request.method, request.originalUrl, call.body ?? type ?? null]);
  const fingerprint = createHash('sha256').update(asked).digest('hex');
  const content = () => nameOf(call.upload);
  const once = { organizationId, key, fingerprint, ...(route.upload ? { content } : {}) };
  const { body, replayed } = await answerOnce(context.deps, once, () => route.handle(context, call));
  if (replayed) response.setHeader(REPLAYED_HEADER, 'true');
  return body;
}

/** The name of all the bytes; whoever asks reads those that nobody has read. */
async function nameOf({ bytes, name }: NamedBytes): Promise<string> {
  const turn = createTurns();
  for await (const _ of bytes) await turn();
  return name();
}

function readKey(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  const key = [header].flat().join(', ');
  if (KEY.test(key)) return key;
  throw new AppError('invalid', `${KEY_HEADER} must be 1 to 200 printable letters without blanks`, {
    attribute: KEY_HEADER,
  });
}

/** Nothing is written by it, so that the key stays for the call that does. */
const isPreview = (query: unknown): boolean => (query as { readonly preview?: string }).preview === 'true';

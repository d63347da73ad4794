import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '../core/errors.ts';

/**
 * Makes the check that stands before every operator route. It throws `unauthorized` unless the Authorization header carries the
 * operator key as a bearer; how long it takes says nothing about the key.
 */
export function operatorCheck(operatorKey: string): (authorization: string | undefined) => void {
  const expected = digest(operatorKey);
  return (authorization) => {
    const [, given = ''] = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '') ?? [];
    if (!timingSafeEqual(digest(given), expected))
      throw new AppError('unauthorized', 'send the operator key as "Authorization: Bearer <key>"');
  };
}

/** Digests have one length, whatever was sent; comparing them needs no early exit. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

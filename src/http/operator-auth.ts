import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Makes the check for the operator key: whether an Authorization header carries it as a bearer. How long it takes says nothing about
 * the key.
 */
export function operatorCheck(operatorKey: string): (authorization: string | undefined) => boolean {
  const expected = digest(operatorKey);
  return (authorization) => timingSafeEqual(digest(bearerOf(authorization)), expected);
}

/** What an Authorization header carries as a bearer; empty without one. */
export function bearerOf(authorization: string | undefined): string {
  const [, given = ''] = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '') ?? [];
  return given;
}

/** Digests have one length, whatever was sent; comparing them needs no early exit. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

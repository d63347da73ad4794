import { timingSafeEqual } from 'node:crypto';

/** Whether two digests are the same; how long it takes tells nothing but their length, which is no secret. */
export function isSameDigest(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Header to send with a throttle: seconds from now, written as seconds or as an HTTP date. */
export interface RetryAfter {
  readonly retryAfterSeconds?: number;
  readonly retryAfterForm?: 'seconds' | 'date';
}

/** The Retry-After header, if one is asked for. */
export function waitHeader(
  { retryAfterSeconds, retryAfterForm }: RetryAfter,
  now: number,
): { readonly [name: string]: string } {
  if (retryAfterSeconds === undefined) return {};
  const seconds = String(retryAfterSeconds);
  // A date knows whole seconds only; rounding up keeps the wait at least as long as asked.
  const date = new Date(Math.ceil((now + retryAfterSeconds * 1_000) / 1_000) * 1_000).toUTCString();
  return { 'retry-after': retryAfterForm === 'date' ? date : seconds };
}

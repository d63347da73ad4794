import { type Bucket, type Rate, refilled, secondsUntil } from '../core/token-bucket.ts';
import type { Clock } from '../ports/clock.ts';

/** A request that comes too soon, and when it would not; times in whole seconds. */
export interface Limited {
  readonly limit: number;
  readonly retryAfter: number;
  /** Until the whole burst is there again. */
  readonly reset: number;
}

/**
 * Counts a request of somebody, or `cost` more that came with one; null: they may go on. More than a burst lets through count as what it
 * lets through, as they would have to wait for ever.
 */
export type RateLimiter = (key: string, cost?: number) => Limited | null;

/** Buckets kept at once. A full one is not kept: it is like one that was never asked. */
const MOST_BUCKETS = 10_000;

/**
 * Limits requests by a token bucket for each key, in the memory of this process: several processes let through as many times more.
 * When there are too many buckets those that have filled up are forgotten, and if that is not enough the one asked longest ago.
 */
export function createRateLimiter(rate: Rate, clock: Clock): RateLimiter {
  const buckets = new Map<string, Bucket>();

  const makeRoom = (now: number): void => {
    for (const [key, bucket] of buckets) if (refilled(bucket, rate, now).left >= rate.burst) buckets.delete(key);
    const [oldest] = buckets.keys();
    if (buckets.size >= MOST_BUCKETS && oldest !== undefined) buckets.delete(oldest);
  };

  return (key, cost = 1) => {
    const { burst } = rate;
    const wanted = Math.min(cost, Math.max(1, burst - 1));
    const now = clock.now();
    const known = buckets.get(key);
    if (!known && buckets.size >= MOST_BUCKETS) makeRoom(now);
    const bucket = known ? refilled(known, rate, now) : { left: burst, at: now };
    const isLimited = bucket.left < wanted;
    // Put in anew, so that the order is that of the last request.
    buckets.delete(key);
    buckets.set(key, isLimited ? bucket : { ...bucket, left: bucket.left - wanted });
    if (!isLimited) return null;
    return { limit: burst, retryAfter: secondsUntil(wanted, bucket, rate), reset: secondsUntil(burst, bucket, rate) };
  };
}

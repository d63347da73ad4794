/** How many requests a second are taken in the long run, and how many at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What is left of a bucket, as of a time in milliseconds. */
export interface Bucket {
  readonly left: number;
  readonly at: number;
}

/** A bucket at a later time. A clock that went back adds nothing and takes nothing. */
export function refilled({ left, at }: Bucket, { perSecond, burst }: Rate, now: number): Bucket {
  const gained = (Math.max(0, now - at) * perSecond) / 1_000;
  return { left: Math.min(burst, left + gained), at: now };
}

/** Whole seconds until so much is in the bucket; at least 1. */
export function secondsUntil(wanted: number, { left }: Bucket, { perSecond }: Rate): number {
  return Math.max(1, Math.ceil((wanted - left) / perSecond));
}

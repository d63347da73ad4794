import type { Timing } from './retry.ts';

export interface Limits {
  /** Calls a minute in the long run. */
  readonly perMinute: number;
  /** Calls that may go out at once after a quiet time. */
  readonly burst: number;
}

/** Half of Google's default of 2,400 queries a minute (per user and project), so that others of the tenant keep the rest. */
export const GOOGLE_LIMITS: Limits = { perMinute: 1_200, burst: 20 };

/**
 * Half of what Graph grants an application in its smallest tenants (3,500 units in 10 seconds), at up to 2 units for a page or a
 * look-up; each look-up of a batch counts.
 */
export const MICROSOFT_LIMITS: Limits = { perMinute: 5_000, burst: 100 };

/** Lets calls out at a bounded pace; one per integration, shared by everything that talks to it. */
export interface Limiter {
  /** Resolves when the caller may send one call. First come, first served. */
  take(signal?: AbortSignal): Promise<void>;
  /** Nobody gets a turn before `ms` have passed. Pauses never shorten each other. */
  pause(ms: number): void;
  /** How long the pause still lasts; 0 when there is none. */
  pausedMs(): number;
}

/** A token bucket with a pause. */
export function createLimiter({ clock, sleep }: Pick<Timing, 'clock' | 'sleep'>, limits: Limits): Limiter {
  const perMs = limits.perMinute / 60_000;
  let tokens = limits.burst;
  let refilledAt = clock.now();
  let pause = { until: 0, lasts: 0 };

  // A wall clock set back would stretch a pause: it never lasts longer than it was asked to.
  const pausedMs = () => Math.max(0, Math.min(pause.until - clock.now(), pause.lasts));

  function refill(): void {
    const now = clock.now();
    tokens = Math.min(limits.burst, tokens + Math.max(0, now - refilledAt) * perMs);
    refilledAt = now;
  }

  return {
    pausedMs,
    pause(ms) {
      if (ms <= pausedMs()) return;
      pause = { until: clock.now() + ms, lasts: ms };
    },
    async take(signal) {
      refill();
      tokens -= 1;
      let waitMs = Math.max(tokens < 0 ? -tokens / perMs : 0, pausedMs());
      while (waitMs > 0) {
        await sleep(waitMs, signal);
        waitMs = pausedMs();
      }
    },
  };
}

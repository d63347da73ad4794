import type { Reply } from './reply.ts';
import { waitHeader } from './retry-after.ts';

export interface ThrottleOptions {
  /** Calls a minute that are let through. */
  readonly perMinute: number;
  readonly burst: number;
  /** What a call too many is told. */
  readonly retryAfterSeconds: number;
  readonly retryAfterForm?: 'seconds' | 'date';
  /** 429, or 403 with a quota reason where the vendor does so. */
  readonly status?: 403 | 429;
}

/** Enforces a quota, and every wait the simulator ever asked for. */
export interface Throttle {
  configure(options: ThrottleOptions | null): void;
  /** The refusal of a call that is too early or one too many; null lets it through. `arrival` counts the calls. */
  refuse(arrival: number): Reply | null;
  /** Remembers what an answer asks for; `arrival` is the latest call that cannot have known it yet. */
  noteReply(reply: Reply, arrival: number): void;
  /** Calls that came back before the time they were given. */
  earlyRetries(): number;
  throttled(): number;
  reset(): void;
}

/** `refused` is how the vendor words a refusal; the wait is added. */
export function createThrottle(now: () => number, refused: (status: 403 | 429) => Reply): Throttle {
  let options: ThrottleOptions | null = null;
  let tokens = 0;
  let refilledAt = 0;
  let quietUntil = 0;
  let unaware = 0;
  let early = 0;
  let throttled = 0;

  function refusal(seconds: number): Reply {
    throttled += 1;
    const headers = waitHeader(
      { retryAfterSeconds: seconds, ...(options?.retryAfterForm && { retryAfterForm: options.retryAfterForm }) },
      now(),
    );
    return { ...refused(options?.status ?? 429), headers };
  }

  return {
    configure(next) {
      options = next;
      tokens = next?.burst ?? 0;
      refilledAt = now();
    },
    refuse(arrival) {
      if (now() < quietUntil) {
        if (arrival > unaware) early += 1;
        return refusal(Math.ceil((quietUntil - now()) / 1_000));
      }
      if (!options) return null;
      tokens = Math.min(options.burst, tokens + ((now() - refilledAt) * options.perMinute) / 60_000);
      refilledAt = now();
      if (tokens < 1) return refusal(options.retryAfterSeconds);
      tokens -= 1;
      return null;
    },
    noteReply({ headers }, arrival) {
      const text = headers?.['retry-after'];
      if (text === undefined) return;
      unaware = Math.max(unaware, arrival);
      const until = /^[\d.]+$/.test(text) ? now() + Number(text) * 1_000 : Date.parse(text);
      quietUntil = Math.max(quietUntil, until);
    },
    earlyRetries: () => early,
    throttled: () => throttled,
    reset() {
      options = null;
      quietUntil = 0;
      early = 0;
      throttled = 0;
    },
  };
}

import type { Clock } from '../src/ports/clock.ts';

/** Waits at least `ms`; rejects with the signal's reason as soon as it is aborted. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Time and chance, as a connector needs them. Tests bring their own. */
export interface Timing {
  readonly clock: Clock;
  readonly random: () => number;
  readonly sleep: Sleep;
}

export interface RetryPolicy {
  readonly tries: number;
  readonly baseMs: number;
  readonly capMs: number;
  /** A longer wait is not sat out: the error is thrown, and whoever schedules comes back later. */
  readonly longestWaitMs: number;
}

export const RETRY_POLICY: RetryPolicy = { tries: 6, baseMs: 1_000, capMs: 64_000, longestWaitMs: 120_000 };

/** What a failed try tells: whether another may help, and how long the other side asked to be left alone. */
export interface Verdict {
  readonly retry: boolean;
  readonly retryAfterMs: number | null;
}

export interface RetryOptions {
  readonly timing: Timing;
  readonly judge: (error: unknown) => Verdict;
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
  /** Told before each wait. */
  readonly onWait?: (error: unknown, attempt: number, waitMs: number) => void;
}

/**
 * Repeats `work` until it succeeds, the verdict forbids another try, or the policy is used up; then throws the last error.
 *
 * Waits are exponential with full jitter and never end before the time the other side asked for.
 */
export async function withRetry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { timing, judge, signal, onWait, policy = RETRY_POLICY } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      const verdict = judge(error);
      const waitMs = Math.max(backoffMs(attempt, policy, timing.random), verdict.retryAfterMs ?? 0);
      if (!verdict.retry || attempt >= policy.tries || waitMs > policy.longestWaitMs) throw error;
      onWait?.(error, attempt, waitMs);
      await timing.sleep(waitMs, signal);
    }
  }
}

/** The wait after the given try (1 = first): anywhere between nothing and the doubled, capped base. */
export function backoffMs(attempt: number, policy: RetryPolicy, random: () => number): number {
  return random() * Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1));
}

/**
 * Reads a Retry-After header (RFC 9110 §10.2.3) into milliseconds from now; null when there is none or it cannot be read.
 *
 * Takes whole and fractional seconds and HTTP dates. A date is counted from the reply's own Date header when it has one, so
 * that a clock of ours running ahead does not bring us back early.
 */
export function retryAfterMs(retryAfter: string | null, date: string | null, now: number): number | null {
  const text = retryAfter?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  // All three forms of an HTTP date begin with the day's name; Date.parse alone would take far more for a date.
  const until = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(until)) return null;
  const sentAt = Date.parse(date ?? '');
  return Math.max(0, until - (Number.isNaN(sentAt) ? now : sentAt));
}

const LONGEST_TIMER_MS = 2_147_483_647;

/** Sleeps by the real clock, and wakes no millisecond early. */
export const realSleep: Sleep = (ms, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    // A timer may fire up to a millisecond before the wall clock says so.
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      },
      Math.min(LONGEST_TIMER_MS, Math.ceil(ms) + 1),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });

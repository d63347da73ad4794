import { DirectoryError } from '../src/ports/directory.ts';
import type { Limiter } from './limiter.ts';
import { RETRY_POLICY, type RetryPolicy, type Timing, withRetry } from './retry.ts';

/** Told of every wait before another try; never of a token, a key or a secret. */
export interface ConnectorLog {
  warn(details: object, message: string): void;
}

export interface AskingOptions {
  readonly limiter: Limiter;
  readonly timing: Timing;
  readonly policy?: RetryPolicy | undefined;
  /** Ends waits and calls when the process stops. */
  readonly signal?: AbortSignal | undefined;
  readonly log?: ConnectorLog | undefined;
}

/** A failed call, reduced to facts. */
export interface CallFailure extends Error {
  readonly retryAfterMs: number | null;
}

/** How one vendor's failures are told apart and put into words. */
export interface Vendor<Failure extends CallFailure> {
  readonly name: string;
  /** Who calls, for the log. */
  readonly account: string;
  isFailure(error: unknown): error is Failure;
  /** `withCursor`: a page was asked for by its token. */
  toError(failure: Failure, withCursor: boolean): DirectoryError;
  /** The failure of a call that was not even sent, as the vendor asked for a longer pause than anybody here would wait. */
  paused(retryAfterMs: number, message: string): Failure;
  stopped(message: string): DirectoryError;
}

export interface Question<T> {
  /** Calls the vendor and checks the answer, so that a malformed one is asked for again. */
  readonly work: () => Promise<T>;
  /** The listing is asked for a page by its token. */
  readonly withCursor?: boolean;
  readonly policy?: RetryPolicy | undefined;
}

/** Puts questions to a directory with patience. */
export interface Asking {
  /** The answer; what is thrown at the end is the vendor's DirectoryError. */
  ask<T>(question: Question<T>): Promise<T>;
  /** Waits for the turn of one call; refuses at once when the pause is longer than anybody here would wait. */
  turn(): Promise<void>;
}

/** A Retry-After pauses the whole integration, not only the question that met it. */
export function createAsking<Failure extends CallFailure>(vendor: Vendor<Failure>, options: AskingOptions): Asking {
  const { limiter, timing, signal, log, policy = RETRY_POLICY } = options;

  function onWait(error: unknown, attempt: number, waitMs: number): void {
    const message = error instanceof Error ? error.message : 'failed';
    log?.warn({ account: vendor.account, attempt, waitMs: Math.round(waitMs) }, message);
  }

  async function attempt<T>({ work, withCursor = false }: Question<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!vendor.isFailure(error)) throw error;
      limiter.pause(error.retryAfterMs ?? 0);
      throw vendor.toError(error, withCursor);
    }
  }

  return {
    async ask(question) {
      const patience = { timing, judge, policy: question.policy ?? policy, signal, onWait };
      try {
        return await withRetry(() => attempt(question), patience);
      } catch (error) {
        if (signal?.aborted) throw vendor.stopped('Stopped: the process is ending.');
        throw error;
      }
    },
    async turn() {
      const pausedMs = limiter.pausedMs();
      if (pausedMs > policy.longestWaitMs) throw vendor.paused(pausedMs, `${vendor.name} asked for a pause`);
      await limiter.take(signal);
    },
  };
}

const judge = (error: unknown) => ({
  retry: error instanceof DirectoryError && error.failure === 'retry',
  retryAfterMs: error instanceof DirectoryError ? error.retryAfterMs : null,
});

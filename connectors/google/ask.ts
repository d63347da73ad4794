import type { GoogleCredentials } from '../../src/ports/directory.ts';
import type { Limiter } from '../limiter.ts';
import { RETRY_POLICY, type RetryPolicy, type Timing, withRetry } from '../retry.ts';
import { GoogleError, toGoogleError } from './errors.ts';
import { GoogleFailure } from './failure.ts';

/** Told of every wait before another try; never of a token or a key. */
export interface ConnectorLog {
  warn(details: object, message: string): void;
}

export interface AskingOptions {
  readonly credentials: GoogleCredentials;
  readonly limiter: Limiter;
  readonly timing: Timing;
  readonly policy?: RetryPolicy | undefined;
  /** Ends waits and calls when the process stops. */
  readonly signal?: AbortSignal | undefined;
  readonly log?: ConnectorLog | undefined;
}

export interface Question<T> {
  /** Calls Google and checks the answer, so that a malformed one is asked for again. */
  readonly work: () => Promise<T>;
  /** The listing is asked for a page by its token. */
  readonly withPageToken?: boolean;
  readonly policy?: RetryPolicy | undefined;
}

/**
 * Puts questions to Google with patience; what is thrown at the end is a GoogleError.
 *
 * A Retry-After pauses the whole integration, not only the question that met it.
 */
export function createAsking({ credentials, limiter, timing, signal, log, policy = RETRY_POLICY }: AskingOptions) {
  function onWait(error: unknown, attempt: number, waitMs: number): void {
    const message = error instanceof Error ? error.message : 'failed';
    log?.warn({ account: credentials.clientEmail, attempt, waitMs: Math.round(waitMs) }, message);
  }

  async function attempt<T>({ work, withPageToken = false }: Question<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GoogleFailure)) throw error;
      limiter.pause(error.retryAfterMs ?? 0);
      throw toGoogleError(error, { ...credentials, withPageToken });
    }
  }

  return {
    async ask<T>(question: Question<T>): Promise<T> {
      const options = { timing, judge, policy: question.policy ?? policy, signal, onWait };
      try {
        return await withRetry(() => attempt(question), options);
      } catch (error) {
        if (signal?.aborted) throw new GoogleError('retry', 'listing', 'Stopped: the process is ending.');
        throw error;
      }
    },

    /** Waits for the turn of one call; refuses at once when the pause is longer than anybody here would wait. */
    async turn(): Promise<void> {
      const retryAfterMs = limiter.pausedMs();
      const message = 'Google asked for a pause';
      if (retryAfterMs > policy.longestWaitMs)
        throw new GoogleFailure({ step: 'api', status: 429, reasons: [], retryAfterMs, message });
      await limiter.take(signal);
    },
  };
}

const judge = (error: unknown) => ({
  retry: error instanceof GoogleError && error.failure === 'retry',
  retryAfterMs: error instanceof GoogleError ? error.retryAfterMs : null,
});

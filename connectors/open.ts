import type { Clock } from '../src/ports/clock.ts';
import type { Directories, Directory, GoogleCredentials } from '../src/ports/directory.ts';
import type { ConnectorLog } from './google/ask.ts';
import { openGoogleDirectory } from './google/directory.ts';
import { createLimiter, GOOGLE_LIMITS, type Limiter, type Limits } from './limiter.ts';
import { type RetryPolicy, realSleep, type Sleep } from './retry.ts';

export interface DirectoriesOptions {
  /** Where to find Google instead of its own hosts; null = Google. */
  readonly googleBaseUrl: string | null;
  readonly clock: Clock;
  /** Between 0 (included) and 1. */
  readonly random: () => number;
  readonly sleep?: Sleep;
  readonly logger?: ConnectorLog;
  /** Ends waits and calls when the process stops. */
  readonly signal?: AbortSignal;
  readonly googleLimits?: Limits;
  readonly retryPolicy?: RetryPolicy;
  /** For one HTTP exchange. */
  readonly timeoutMs?: number;
}

interface Opened {
  readonly credentials: GoogleCredentials;
  readonly directory: Directory;
  readonly limiter: Limiter;
}

/** Integrations kept open at a time; the one used longest ago is closed first and opens again when needed. */
const KEPT_OPEN = 1_000;

/**
 * Opens directories. Whoever opens the same integration shares its pace and its token; new credentials replace the token
 * but keep the pace, so that a reconnect does not shake off a pause Google asked for.
 */
export function createDirectories(options: DirectoriesOptions): Directories {
  const { clock, random, sleep = realSleep, googleLimits = GOOGLE_LIMITS } = options;
  const timing = { clock, random, sleep };
  const opened = new Map<string, Opened>();

  function open(credentials: GoogleCredentials, limiter: Limiter): Opened {
    const directory = openGoogleDirectory({
      credentials,
      limiter,
      timing,
      baseUrl: options.googleBaseUrl,
      timeoutMs: options.timeoutMs,
      policy: options.retryPolicy,
      signal: options.signal,
      log: options.logger,
    });
    return { credentials, directory, limiter };
  }

  return {
    openGoogle(integrationId, credentials) {
      const known = opened.get(integrationId);
      const fits = known && sameCredentials(known.credentials, credentials);
      const entry = fits ? known : open(credentials, known?.limiter ?? createLimiter(timing, googleLimits));
      opened.delete(integrationId);
      opened.set(integrationId, entry);
      const [oldest] = opened.keys();
      if (opened.size > KEPT_OPEN && oldest !== undefined) opened.delete(oldest);
      return entry.directory;
    },
  };
}

function sameCredentials(left: GoogleCredentials, right: GoogleCredentials): boolean {
  return (
    left.clientEmail === right.clientEmail && left.privateKey === right.privateKey && left.subject === right.subject
  );
}

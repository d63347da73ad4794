import type { Clock } from '../src/ports/clock.ts';
import type { Directories, Directory } from '../src/ports/directory.ts';
import type { ConnectorLog } from './asking.ts';
import { openGoogleDirectory } from './google/directory.ts';
import { createLimiter, GOOGLE_LIMITS, type Limiter, type Limits, MICROSOFT_LIMITS } from './limiter.ts';
import { openMicrosoftDirectory } from './microsoft/directory.ts';
import { type RetryPolicy, realSleep, type Sleep } from './retry.ts';

export interface DirectoriesOptions {
  /** Where to find Google instead of its own hosts; null = Google. */
  readonly googleBaseUrl: string | null;
  /** Where to find Microsoft's login and Graph instead of their own hosts; null = there. */
  readonly microsoftLoginUrl?: string | null;
  readonly microsoftGraphUrl?: string | null;
  readonly clock: Clock;
  /** Between 0 (included) and 1. */
  readonly random: () => number;
  readonly sleep?: Sleep;
  readonly logger?: ConnectorLog;
  /** Ends waits and calls when the process stops. */
  readonly signal?: AbortSignal;
  readonly googleLimits?: Limits;
  readonly microsoftLimits?: Limits;
  readonly retryPolicy?: RetryPolicy;
  /** For one HTTP exchange. */
  readonly timeoutMs?: number;
}

interface Opened {
  /** What it was opened with. */
  readonly given: object;
  readonly directory: Directory;
  readonly limiter: Limiter;
}

/** Integrations kept open at a time; the one used longest ago is closed first and opens again when needed. */
const KEPT_OPEN = 1_000;

/**
 * Opens directories. Whoever opens the same integration shares its pace and its token; new credentials replace the token
 * but keep the pace, so that a reconnect does not shake off a pause the directory asked for.
 */
export function createDirectories(options: DirectoriesOptions): Directories {
  const {
    clock,
    random,
    sleep = realSleep,
    googleLimits = GOOGLE_LIMITS,
    microsoftLimits = MICROSOFT_LIMITS,
  } = options;
  const timing = { clock, random, sleep };
  const { timeoutMs, retryPolicy: policy, signal, logger: log } = options;
  const opened = new Map<string, Opened>();

  function keep(
    integrationId: string,
    given: object,
    limits: Limits,
    open: (limiter: Limiter) => Directory,
  ): Directory {
    const known = opened.get(integrationId);
    const limiter = known?.limiter ?? createLimiter(timing, limits);
    const entry = known && areAlike(known.given, given) ? known : { given, directory: open(limiter), limiter };
    opened.delete(integrationId);
    opened.set(integrationId, entry);
    const [oldest] = opened.keys();
    if (opened.size > KEPT_OPEN && oldest !== undefined) opened.delete(oldest);
    return entry.directory;
  }

  return {
    openGoogle: (integrationId, credentials) =>
      keep(integrationId, credentials, googleLimits, (limiter) =>
        openGoogleDirectory({
          credentials,
          limiter,
          timing,
          baseUrl: options.googleBaseUrl,
          timeoutMs,
          policy,
          signal,
          log,
        }),
      ),
    openMicrosoft: (integrationId, credentials, people) =>
      keep(integrationId, { ...credentials, ...people }, microsoftLimits, (limiter) =>
        openMicrosoftDirectory({
          credentials,
          people,
          limiter,
          timing,
          loginOrigin: options.microsoftLoginUrl ?? null,
          graphOrigin: options.microsoftGraphUrl ?? null,
          timeoutMs,
          policy,
          signal,
          log,
        }),
      ),
  };
}

function areAlike(left: object, right: object): boolean {
  const entries = Object.entries(left);
  return (
    entries.length === Object.keys(right).length && entries.every(([name, value]) => Reflect.get(right, name) === value)
  );
}

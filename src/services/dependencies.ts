import { WORK_MS } from '../core/kept-answer.ts';
import type { Clock, Identifiers } from '../ports/clock.ts';
import type { Directories } from '../ports/directory.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Logger } from '../ports/logger.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Stores } from '../ports/stores.ts';
import type { InTurn } from './lost-races.ts';

/** What services are built from; main.ts puts it together once. */
export interface Dependencies {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly secrets: Secrets;
  readonly queue: JobQueue;
  readonly directories: Directories;
  readonly logger: Logger;
  /** Hex SHA-256. */
  readonly hash: (text: string) => string;
  readonly tuning: Tuning;
}

/** Figures an operator never sets and tests shorten. */
export interface Tuning {
  /** How long a run waits for a worker that died: its lease, renewed three times in it. */
  readonly leaseMs: number;
  /** First delay before a failed step of a run is tried again; doubled each time. */
  readonly retryBaseMs: number;
  readonly sweepPage: number;
  /** How often whoever works on a request with an Idempotency-Key says so: some times before they are taken for dead. */
  readonly claimMs: number;
}

export const TUNING: Tuning = { leaseMs: 9_000, retryBaseMs: 1_000, sweepPage: 200, claimMs: WORK_MS / 4 };

/** What the write path needs, and no more. */
export type WriteDependencies = Pick<Dependencies, 'clock' | 'identifiers' | 'logger'> & {
  readonly stores: Pick<
    Stores,
    | 'users'
    | 'agencies'
    | 'catalog'
    | 'groupMappings'
    | 'directoryGroups'
    | 'resources'
    | 'organizations'
    | 'conflicts'
    | 'events'
    | 'interviews'
    | 'tokens'
    | 'watches'
  >;
  /** Told after every save that left events in the outbox; must not throw or wait. */
  readonly onEvents: () => void;
  /** The line of those who change one person at once; without it all who lost a race try again at the same time. */
  readonly inTurn?: InTurn;
  /** Test-only: takes one safeguard away, so that the tests which guard it can be seen to fail. */
  readonly seededBug?: SeededBug;
};

export type SeededBug = 'no_recheck' | 'no_recompute';

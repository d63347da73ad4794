import { createHash } from 'node:crypto';
import { Cron } from 'croner';
import type { Integration } from '../src/core/integration.ts';
import type { DirectoryName } from '../src/core/user.ts';
import type { Clock } from '../src/ports/clock.ts';

const MINUTE_MS = 60_000;

interface Schedule {
  readonly pattern: string;
  readonly periodMs: number;
}

/** Before the jitter: every full hour, or every quarter where a run need not list everybody. */
const SCHEDULES: { readonly [source in DirectoryName]: Schedule } = {
  google: { pattern: '0 * * * *', periodMs: 60 * MINUTE_MS },
  microsoft: { pattern: '*/15 * * * *', periodMs: 15 * MINUTE_MS },
};

/**
 * Says when an integration's next run is due: at the next time of its directory's schedule, shifted by a jitter of its own within the
 * period, so that no two organizations knock at the same minute.
 */
export function nextDueBy(clock: Clock): (integration: Integration) => string {
  return ({ id, source }) => {
    const { pattern, periodMs } = SCHEDULES[source];
    const cron = new Cron(pattern, { paused: true, timezone: 'UTC' });
    const jitter = jitterOf(id) % periodMs;
    const next = cron.nextRun(new Date(clock.now() - jitter)) ?? new Date(clock.now() + periodMs);
    return new Date(next.getTime() + jitter).toISOString();
  };
}

/** A number of milliseconds, the same for ever for one integration. */
const jitterOf = (id: string): number => createHash('sha256').update(id).digest().readUInt32BE(0);

import { createHash } from 'node:crypto';
import { Cron } from 'croner';
import type { Integration } from '../src/core/integration.ts';
import type { Clock } from '../src/ports/clock.ts';

/** Every full hour, before the jitter. */
const HOURLY = '0 * * * *';
const HOUR_MS = 3_600_000;

/**
 * Says when an integration's next run is due: at the schedule's next time, shifted by a jitter of its own within the hour, so that
 * no two organizations knock at the same minute.
 */
export function nextDueBy(clock: Clock, schedule: string = HOURLY): (integration: Integration) => string {
  const cron = new Cron(schedule, { paused: true, timezone: 'UTC' });
  return ({ id }) => {
    const jitter = jitterOf(id);
    const from = new Date(clock.now() - jitter);
    const next = cron.nextRun(from) ?? new Date(clock.now() + HOUR_MS);
    return new Date(next.getTime() + jitter).toISOString();
  };
}

/** Milliseconds within the hour, the same for ever for one integration. */
function jitterOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0) % HOUR_MS;
}

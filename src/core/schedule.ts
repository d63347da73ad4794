import type { Integration } from './integration.ts';
import { optionsOf, type QuietHours, type SyncSchedule } from './sync-options.ts';
import type { SyncState } from './sync-state.ts';
import { isQuarantined } from './trouble.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Over how long the runs that quiet hours have put off are spread. */
const AFTER_QUIET_MS = 15 * MINUTE_MS;

/** What is always the same about an integration's due times until somebody chooses otherwise. */
export interface Pace {
  readonly schedule: SyncSchedule;
  readonly everyMinutes: number;
  /** Any whole number, the same for ever for one integration. */
  readonly jitter: number;
}

/** What its runs leave behind that moves a due time. */
type Fare = Pick<SyncState, 'trouble' | 'asked'>;

/**
 * Runs come as often as changes are asked for; which of them lists everybody is decided when it starts. A directory that cannot tell
 * changes is listed every time.
 */
export function paceOf(integration: Pick<Integration, 'source' | 'options'>, jitter: number): Pace {
  const { schedule } = optionsOf(integration);
  const { fullEveryMinutes, deltaEveryMinutes } = schedule;
  const isListed = integration.source === 'google';
  return {
    schedule,
    everyMinutes: isListed ? fullEveryMinutes : Math.min(deltaEveryMinutes, fullEveryMinutes),
    jitter,
  };
}

/**
 * When an integration's next run is due, in milliseconds of `now`'s own epoch: the one answer for whoever writes a due time. null
 * while none is wanted: paused, or switched off by weeks of trouble.
 *
 * The due times of one integration are an interval apart and shifted by a share of it that is always the same, so that no two
 * organizations knock at the same minute. While it is in quarantine the next attempt takes their place. A time within quiet hours
 * moves behind them. A run that somebody has asked for is due at once, whatever else holds.
 */
export function nextDue(pace: Pace, fare: Fare, now: number): number | null {
  return allowedFrom(pace, fare, fare.asked || isQuarantined(fare.trouble) ? now : nextTurn(pace, now));
}

/** The first time, at `at` or later, when a run may start that the clock starts; null for never. */
export function allowedFrom(pace: Pace, { trouble, asked }: Fare, at: number): number | null {
  if (asked) return at;
  if (pace.schedule.paused || (trouble !== null && trouble.nextAttemptAt === null)) return null;
  const attempt = isQuarantined(trouble) ? Date.parse(trouble.nextAttemptAt ?? '') : at;
  return afterQuiet(pace, Math.max(at, attempt));
}

/** The time itself, or, within quiet hours, one behind them. */
export function afterQuiet({ schedule: { quietHours }, jitter }: Pace, at: number): number {
  const end = quietHours && quietUntil(quietHours, at);
  if (!quietHours || end === null) return at;
  const spread = end + (jitter % AFTER_QUIET_MS);
  return quietUntil(quietHours, spread) === null ? spread : end;
}

function nextTurn({ everyMinutes, jitter }: Pace, now: number): number {
  const period = everyMinutes * MINUTE_MS;
  const shift = jitter % period;
  return (Math.floor((now - shift) / period) + 1) * period + shift;
}

/** When the quiet hours end that a time lies in; null when it lies in none. Days of any length have their own end. */
export function quietUntil({ from, to, timeZone }: QuietHours, at: number): number | null {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const isQuiet = (time: number): boolean => {
    const minute = minuteOfDay(time, timeZone);
    return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
  };
  if (start === end || !isQuiet(at)) return null;
  let time = at - (at % MINUTE_MS);
  for (let steps = 0; isQuiet(time) && steps < DAY_MINUTES * 2; steps++) {
    const left = (end - minuteOfDay(time, timeZone) + DAY_MINUTES) % DAY_MINUTES;
    // A clock set forward or back in between makes the way longer or shorter: the last hours are gone minute by minute.
    time += (left > 180 ? left - 180 : 1) * MINUTE_MS;
  }
  return time;
}

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

function minuteOfDay(time: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const text = parts.format(time);
  return minutesOf(text);
}

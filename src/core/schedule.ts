import type { QuietHours, SyncSchedule } from './sync-options.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Over how long the runs that quiet hours have put off are spread. */
const AFTER_QUIET_MS = 15 * MINUTE_MS;

/**
 * When an integration's next scheduled run is due, in milliseconds after `now`'s own epoch; null while paused.
 *
 * The due times of one integration are an interval apart and shifted by a share of it that is always the same for the integration
 * (`jitter`, any whole number), so that no two organizations knock at the same minute. A time within quiet hours moves behind them.
 */
export function nextDue(schedule: SyncSchedule, everyMinutes: number, jitter: number, now: number): number | null {
  if (schedule.paused) return null;
  const period = everyMinutes * MINUTE_MS;
  const shift = jitter % period;
  const due = (Math.floor((now - shift) / period) + 1) * period + shift;
  if (schedule.quietHours === null) return due;
  const end = quietUntil(schedule.quietHours, due);
  return end === null ? due : end + (jitter % AFTER_QUIET_MS);
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

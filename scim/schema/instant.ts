const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):?(\d{2}))?)?$/i;

/**
 * Reads a date and time as milliseconds since the epoch; undefined when it is none. What is finer is a fraction, exact to the
 * microsecond, and never rounded away to a whole millisecond.
 *
 * Takes RFC 3339 from year 0001 on with up to nine decimals, and a date alone; no zone means UTC.
 */
export function readInstant(text: string): number | undefined {
  const match = INSTANT.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year ?? 0, (month ?? 1) - 1, day ?? 1);
  const dayExists = date.getUTCMonth() === (month ?? 1) - 1 && date.getUTCDate() === day;
  if (!dayExists || (hour ?? 0) > 24 || (minute ?? 0) > 59 || (second ?? 0) > 60) return undefined;
  date.setUTCHours(hour ?? 0, minute ?? 0, second ?? 0);
  return date.getTime() + milliseconds(match[7] ?? '') - zoneOffset(match[8], match[9], match[10]);
}

function milliseconds(decimals: string): number {
  const nanoseconds = Number(decimals.padEnd(9, '0'));
  const whole = Math.floor(nanoseconds / 1e6);
  const rest = (nanoseconds % 1e6) / 1e6;
  return rest === 0 ? whole : whole + Math.min(Math.max(rest, 0.001), 0.999);
}

function zoneOffset(sign: string | undefined, hours: string | undefined, minutes: string | undefined): number {
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === '-' ? -offset : offset;
}

/** How many people one SCIM connection has deactivated lately, and whether that was too many (10 minutes are looked at). */
export interface DeactivationWatch {
  readonly organizationId: string;
  readonly connectionId: string;
  /** 0 = never saved. */
  readonly version: number;
  /** Deactivations by slot of 10 s, the oldest first: [number of the slot since the epoch, how many]. */
  readonly counts: readonly (readonly [slot: number, count: number])[];
  /** Active people it saw when the window in force was measured, and when that was; null before. */
  readonly base: { readonly people: number; readonly at: string } | null;
  readonly alarm: DeactivationAlarm | null;
}

export interface DeactivationAlarm {
  readonly at: string;
  readonly deactivations: number;
  readonly limit: number;
}

export const WINDOW_MS = 600_000;
const SLOT_MS = 10_000;
/** So many are never too many. */
const FREE = 20;
const SHARE = 0.2;

export function freshWatch(organizationId: string, connectionId: string): DeactivationWatch {
  return { organizationId, connectionId, version: 0, counts: [], base: null, alarm: null };
}

/** Deactivations that lie less than ten minutes back, to the slot. */
export function recentCount({ counts }: DeactivationWatch, now: number): number {
  return recentCounts(counts, now).reduce((sum, [, count]) => sum + count, 0);
}

/** Whether to find out how many active people there are, before one more deactivation is counted. */
export function needsBase(watch: DeactivationWatch, now: number): boolean {
  if (recentCount(watch, now) < FREE) return false;
  return watch.base === null || Date.parse(watch.base.at) + WINDOW_MS <= now;
}

/**
 * The watch with one more deactivation counted. `active` = active people there are now, this one not among them; null when that is
 * known well enough. More than 20, and more than 20 % of those who were active before, raise the alarm, once in a window.
 */
export function withDeactivation(watch: DeactivationWatch, now: number, active: number | null): DeactivationWatch {
  const slot = Math.floor(now / SLOT_MS);
  const former = recentCounts(watch.counts, now);
  const last = former.at(-1);
  // A clock that went back counts in the newest slot there is.
  const counts: DeactivationWatch['counts'] =
    last && last[0] >= slot ? [...former.slice(0, -1), [last[0], last[1] + 1]] : [...former, [slot, 1]];
  const at = new Date(now).toISOString();
  const deactivations = counts.reduce((sum, [, count]) => sum + count, 0);
  const base = active === null ? watch.base : { people: active + deactivations, at };
  const limit = Math.max(FREE, Math.floor((base?.people ?? 0) * SHARE));
  const isRaised = deactivations > limit && alarmInForce(watch, now) === null;
  const alarm = isRaised ? { at, deactivations, limit } : watch.alarm;
  return { ...watch, version: watch.version + 1, counts, base, alarm };
}

/** The alarm while its ten minutes last; null otherwise. */
export function alarmInForce({ alarm }: DeactivationWatch, now: number): DeactivationAlarm | null {
  return alarm !== null && now < alarmEnd(alarm) ? alarm : null;
}

/** When an alarm ends by itself, in milliseconds. */
export const alarmEnd = ({ at }: DeactivationAlarm): number => Date.parse(at) + WINDOW_MS;

/** The watch after somebody has looked: the count begins anew. */
export function clearedWatch(watch: DeactivationWatch): DeactivationWatch {
  return { ...watch, version: watch.version + 1, counts: [], base: null, alarm: null };
}

function recentCounts(counts: DeactivationWatch['counts'], now: number): DeactivationWatch['counts'] {
  const oldest = Math.floor((now - WINDOW_MS) / SLOT_MS);
  return counts.filter(([slot]) => slot > oldest);
}

import type { SyncTrouble } from './sync-state.ts';

const HOUR_MS = 3_600_000;
const LONGEST_MS = 24 * HOUR_MS;
const OFF_AFTER_MS = 28 * 24 * HOUR_MS;
/** Failed runs in a row by trouble that usually passes, before it is taken for trouble that stays. */
const PASSING_FAILURES = 3;

/**
 * The trouble of an integration after one more failed run: from the first one an admin must mend, from the third in a row one that
 * usually passes, the next attempt is put off by an hour, then two, four … up to a day; after 28 days there is none.
 */
export function troubleAfter(
  former: SyncTrouble | null,
  failure: Pick<SyncTrouble, 'cause' | 'message'>,
  now: number,
): SyncTrouble {
  const since = former?.since ?? new Date(now).toISOString();
  const failures = (former?.failures ?? 0) + 1;
  const isOff = now - Date.parse(since) >= OFF_AFTER_MS;
  const next = { ...failure, since, failures };
  const steps = stepsOf(next);
  const wait = steps === 0 ? 0 : Math.min(LONGEST_MS, HOUR_MS * 2 ** (steps - 1));
  return { ...next, nextAttemptAt: isOff ? null : new Date(now + wait).toISOString() };
}

/** Whether runs are put off because of it. */
export const isQuarantined = (trouble: SyncTrouble | null): trouble is SyncTrouble =>
  trouble !== null && stepsOf(trouble) > 0;

function stepsOf({ cause, failures }: Pick<SyncTrouble, 'cause' | 'failures'>): number {
  return cause === 'retry' ? Math.max(0, failures - PASSING_FAILURES + 1) : failures;
}

import type { Run, RunPins } from './run.ts';

/** Up to where a directory's changes are known. */
export interface Baseline {
  /** From where the directory tells what changed since. */
  readonly cursor: string;
  /** When everybody must be listed again, whatever the directory still remembers (RFC 3339). */
  readonly fullDueAt: string;
}

const DAY_MS = 86_400_000;
/** Directories remember for seven days; what they failed to tell is made good as often. */
const FULL_AFTER_MS = 6 * DAY_MS;
/** People who could not be taken do not change by themselves, and no delta would tell of them again. */
const FULL_AFTER_TROUBLE_MS = DAY_MS;

/**
 * Where a new run of an integration may go on from, judged by the one before it; null when it has to list everybody.
 *
 * Only a finished run moves the baseline: its effects are stored then. A failed, held or dry one passes on the one it started from, and
 * other credentials or settings than pinned then void it.
 */
export function baselineFor(latest: Run | null, pins: RunPins, now: number): Baseline | null {
  if (!latest || !samePins(latest.pins, pins)) return null;
  const moved = latest.state === 'finished' && !latest.dry;
  const baseline = moved ? baselineAfter(latest) : (latest.baseline ?? null);
  return baseline && now < Date.parse(baseline.fullDueAt) ? baseline : null;
}

function baselineAfter({ kind, baseline, checkpoint, counts, finishedAt }: Run): Baseline | null {
  if (!checkpoint || finishedAt === null) return null;
  const patience = counts.failed + counts.held > 0 ? FULL_AFTER_TROUBLE_MS : FULL_AFTER_MS;
  const own = Date.parse(finishedAt) + patience;
  const inherited = kind === 'delta' && baseline ? Date.parse(baseline.fullDueAt) : own;
  return { cursor: checkpoint, fullDueAt: new Date(Math.min(own, inherited)).toISOString() };
}

const samePins = (left: RunPins, right: RunPins): boolean =>
  left.syncVersion === right.syncVersion && left.integrationVersion === right.integrationVersion;

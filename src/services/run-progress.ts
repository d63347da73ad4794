import type { Run, RunCounts, RunReason } from '../core/run.ts';
import type { PageOutcome } from './page-work.ts';

/** Reasons kept with a run; the rest are counted. */
const MOST_REASONS = 1_000;

export function withReasons(run: Run, reasons: readonly RunReason[]): Run {
  const room = Math.max(0, MOST_REASONS - run.reasons.length);
  const kept = reasons.slice(0, room);
  return {
    ...run,
    reasons: [...run.reasons, ...kept],
    reasonsDropped: run.reasonsDropped + reasons.length - kept.length,
  };
}

/** The run with a page's outcome added to its counts and reasons. */
export function withOutcome(run: Run, outcome: PageOutcome, more: Partial<RunCounts> = {}): Run {
  const { created, updated, unchanged, failed, reasons } = outcome;
  const counts = addCounts(addCounts(run.counts, { created, updated, unchanged, failed }), more);
  return withReasons({ ...run, counts }, reasons);
}

export function addCounts(counts: RunCounts, more: Partial<RunCounts>): RunCounts {
  const sum: { -readonly [name in keyof RunCounts]: number } = { ...counts };
  for (const name of Object.keys(more) as (keyof RunCounts)[]) sum[name] += more[name] ?? 0;
  return sum;
}

import type { Run, RunCounts, RunReason } from '../core/run.ts';
import type { PageOutcome } from './page-work.ts';

/** Reasons kept with a run; the rest are counted. */
const MOST_REASONS = 1_000;

/** The run with more reasons. Those about the whole run come first, so that no number of people can crowd them out. */
export function withReasons(run: Run, reasons: readonly RunReason[]): Run {
  const all = [...reasons.filter(isOverall), ...run.reasons, ...reasons.filter((reason) => !isOverall(reason))];
  return {
    ...run,
    reasons: all.slice(0, MOST_REASONS),
    reasonsDropped: run.reasonsDropped + Math.max(0, all.length - MOST_REASONS),
  };
}

/** The run with words about groups of its scope, those it has not got yet: a step may be taken twice. */
export function withGroupNotices(run: Run, notices: readonly (readonly [group: string, words: string])[]): Run {
  const messages = notices.map(([group, words]) => `${group}: ${words}`);
  const fresh = messages.filter((message) => !run.reasons.some((known) => known.message === message));
  return withReasons(
    run,
    fresh.map((message) => ({ externalId: null, userId: null, code: 'group_members', message })),
  );
}

const isOverall = ({ externalId, userId, code }: RunReason): boolean =>
  externalId === null && userId === null && code !== 'malformed';

/** The run with a page's outcome added to its counts and reasons. */
export function withOutcome(run: Run, outcome: PageOutcome, more: Partial<RunCounts> = {}): Run {
  const { created, updated, unchanged, failed, held, reasons } = outcome;
  const counts = addCounts(addCounts(run.counts, { created, updated, unchanged, failed, held }), more);
  return withReasons({ ...run, counts }, reasons);
}

export function addCounts(counts: RunCounts, more: Partial<RunCounts>): RunCounts {
  const sum: { -readonly [name in keyof RunCounts]: number } = { ...counts };
  for (const name of Object.keys(more) as (keyof RunCounts)[]) sum[name] += more[name] ?? 0;
  return sum;
}

import { foreignCursor } from '../core/errors.ts';
import { type Interview, placeOf } from '../core/interview.ts';
import type { InterviewQuery } from '../ports/interview-store.ts';

const PLACE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ./u;

/** The place that a page starts after. Throws `invalid` for a cursor that is no place. */
export function startOf({ aheadOf }: InterviewQuery, cursor: string | null): string {
  if (cursor !== null && !PLACE.test(cursor)) throw foreignCursor();
  // `!` is what comes after a blank: beyond every interview that starts at that very instant.
  const first = aheadOf === undefined ? '' : `${aheadOf}!`;
  return cursor !== null && cursor > first ? cursor : first;
}

/** A page out of one more interview than was asked for. */
export function pageOfInterviews(interviews: readonly Interview[], limit: number) {
  const items = interviews.slice(0, limit);
  const last = items.at(-1);
  return { items, next: interviews.length > limit && last ? placeOf(last) : null };
}

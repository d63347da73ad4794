import { type Interview, placeOf } from '../core/interview.ts';
import type { Organization } from '../core/organization.ts';
import { timestamp } from '../ports/clock.ts';
import type { InterviewQuery } from '../ports/interview-store.ts';
import type { Page } from '../ports/user-store.ts';
import { reviewInterviews } from './doubt-interviews.ts';
import { type InterviewPeople, interviewPeople } from './interview-people.ts';
import type { InterviewDependencies } from './report-interview.ts';

export interface InterviewList extends Page<Interview> {
  /** null: counting them would mean looking at too many. */
  readonly total: number | null;
  /** Those in the interviews listed. */
  readonly people: InterviewPeople;
}

/** What is asked for; `needs` leaves only those with an interviewer to replace. */
export interface InterviewFilter {
  readonly interviewer?: string | undefined;
  readonly needs?: 'reschedule' | undefined;
}

/** Interviews counted, or looked at for one page, at most. */
const MOST = 10_000;
const MOST_LOOKED_AT = 5_000;
const BATCH = 200;

/**
 * A page of interviews by start. Who needs replacing is derived on read, from those interviews that are in doubt: cost follows the
 * interviews shown, and those in doubt that turn out fine, each once. A page may be shorter than its limit, even empty, while `next`
 * says that there is more to look at; then `total` counts those in doubt.
 */
export async function listInterviews(
  deps: InterviewDependencies,
  organization: Organization,
  { interviewer, needs }: InterviewFilter,
  cursor: string | null,
  limit: number,
): Promise<InterviewList> {
  const people = interviewPeople(deps, organization);
  const query = { organizationId: organization.id, ...(interviewer === undefined ? {} : { interviewer }) };
  if (needs === 'reschedule') {
    const ahead = { ...query, aheadOf: timestamp(deps.clock) };
    const page = await lookThrough(deps, people, ahead, cursor, limit);
    const isAll = cursor === null && page.next === null;
    const total = isAll ? page.items.length : await deps.stores.interviews.countDoubted(ahead, MOST + 1);
    return { ...page, total: total > MOST ? null : total, people };
  }
  const page = await deps.stores.interviews.list(query, cursor, limit);
  await people.read(page.items);
  const total = await deps.stores.interviews.count(query, MOST + 1);
  return { ...page, total: total > MOST ? null : total, people };
}

/** Those with somebody to replace. Nobody looks twice at those that turn out fine. */
async function lookThrough(
  deps: InterviewDependencies,
  people: InterviewPeople,
  query: InterviewQuery,
  cursor: string | null,
  limit: number,
): Promise<Page<Interview>> {
  const items: Interview[] = [];
  let from = cursor;
  const size = Math.min(BATCH, limit + 1);
  for (let lookedAt = 0; lookedAt < MOST_LOOKED_AT; lookedAt += size) {
    const batch = await deps.stores.interviews.doubted(query, from, size);
    items.push(...(await reviewInterviews(deps, people, batch.items)));
    if (items.length > limit || batch.next === null) return pageAmong(items, limit);
    from = batch.next;
  }
  return { items, next: from };
}

function pageAmong(found: readonly Interview[], limit: number): Page<Interview> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last ? placeOf(last) : null };
}

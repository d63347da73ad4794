import { type Interview, placeOf } from '../core/interview.ts';
import type { Organization } from '../core/organization.ts';
import { timestamp } from '../ports/clock.ts';
import type { InterviewQuery } from '../ports/interview-store.ts';
import type { Page } from '../ports/user-store.ts';
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
 * A page of interviews by start. Who needs replacing is derived on read, so a page of those that need it may be shorter than its
 * limit, even empty, while `next` says that there is more to look at.
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
    const first = await lookThrough(deps, people, ahead, null, Number.POSITIVE_INFINITY);
    if (first.next === null) return { ...pageAmong(first.items, cursor, limit), total: first.items.length, people };
    return { ...(await lookThrough(deps, people, ahead, cursor, limit)), total: null, people };
  }
  const page = await deps.stores.interviews.list(query, cursor, limit);
  await people.read(page.items);
  const total = await deps.stores.interviews.count(query, MOST + 1);
  return { ...page, total: total > MOST ? null : total, people };
}

/** Those with somebody to replace, among as many as may be looked at. */
async function lookThrough(
  { stores }: InterviewDependencies,
  people: InterviewPeople,
  query: InterviewQuery,
  cursor: string | null,
  limit: number,
): Promise<Page<Interview>> {
  const items: Interview[] = [];
  let from = cursor;
  for (let lookedAt = 0; lookedAt < MOST_LOOKED_AT; lookedAt += BATCH) {
    const batch = await stores.interviews.list(query, from, BATCH);
    await people.read(batch.items);
    const needing = batch.items.filter((interview) => people.toReplace(interview).length > 0);
    items.push(...needing);
    if (items.length > limit || batch.next === null) return pageAmong(items, null, limit);
    from = batch.next;
  }
  return { items, next: from };
}

function pageAmong(interviews: readonly Interview[], cursor: string | null, limit: number): Page<Interview> {
  const rest = interviews.filter((interview) => cursor === null || placeOf(interview) > cursor);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rest.length > limit && last ? placeOf(last) : null };
}

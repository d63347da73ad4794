import type { User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { InterviewDependencies } from './report-interview.ts';

/** Booked interviews that somebody else has to take over. */
export interface InterviewsToReschedule {
  readonly count: number;
  /** The host's ids of the earliest ones. */
  readonly first100: readonly string[];
}

export const NO_INTERVIEWS: InterviewsToReschedule = { count: 0, first100: [] };

const SHOWN = 100;

/** Beyond any calendar: whoever has more interviews than this has this many. */
const MOST = 10_000;

/** The interviews that would show as to be rescheduled if this person were not active any more. */
export async function interviewsToReschedule(
  { stores, clock }: InterviewDependencies,
  organizationId: string,
  interviewer: string,
): Promise<InterviewsToReschedule> {
  const query = { organizationId, interviewer, aheadOf: timestamp(clock) };
  const { items, next } = await stores.interviews.list(query, null, SHOWN);
  const count = next === null ? items.length : await stores.interviews.count(query, MOST);
  return { count, first100: items.map(({ id }) => id) };
}

/** How many interviews somebody else has to take over from each of these people; those who are active are left out. */
export async function countsToReschedule(
  { stores, clock }: InterviewDependencies,
  organizationId: string,
  people: readonly Pick<User, 'id' | 'status'>[],
): Promise<ReadonlyMap<string, number>> {
  const away = people.flatMap(({ id, status }) => (status === 'active' ? [] : [id]));
  if (away.length === 0) return new Map();
  return stores.interviews.countEach(organizationId, away, timestamp(clock));
}

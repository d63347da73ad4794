import type { Actor, User } from './user.ts';

export const INTERVIEW_STATUSES = ['booked', 'completed', 'cancelled'] as const;
export type InterviewStatus = (typeof INTERVIEW_STATUSES)[number];

/** Somebody in an interview, as the kind of user they were when they were put there. */
export interface Interviewer {
  readonly id: string;
  readonly kind: User['kind'];
}

/** That somebody took the place of somebody else, under this version of the interview. */
export interface Replaced {
  readonly version: number;
  readonly from: string;
  readonly to: string;
  readonly by: Actor;
}

/** An interview as the host reports it. One document, written by compare-and-swap on `version`. */
export interface Interview {
  readonly organizationId: string;
  /** The host's own id. */
  readonly id: string;
  /** RFC 3339 with milliseconds, UTC, as all times here. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly status: InterviewStatus;
  readonly interviewers: readonly Interviewer[];
  /** The host's own, which only grows; a change made here adds one. */
  readonly version: number;
  /** What the two people have not been told yet; absent: nothing. */
  readonly untold?: readonly Replaced[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Why an interviewer has to be replaced. */
export type ReplacementReason = 'not_active' | 'kind_changed';

/** Whether the interview still takes place: it is booked and has not begun. */
export function isAhead({ status, startsAt }: Pick<Interview, 'status' | 'startsAt'>, now: string): boolean {
  return status === 'booked' && startsAt > now;
}

/** Where an interview stands among those of its organization: texts in the order of start and id. */
export function placeOf({ startsAt, id }: Pick<Interview, 'startsAt' | 'id'>): string {
  return `${startsAt} ${id}`;
}

/** Why this person cannot stay in an interview they are booked for; null when they can, or nobody knows them. */
export function replacementReason(
  { kind }: Interviewer,
  user: Pick<User, 'status' | 'kind'> | undefined,
): ReplacementReason | null {
  if (!user) return null;
  if (user.status !== 'active') return 'not_active';
  return user.kind === kind ? null : 'kind_changed';
}

/** Whether two interviews say the same, whatever their versions. */
export function sameInterview(left: InterviewFacts, right: InterviewFacts): boolean {
  return (
    left.startsAt === right.startsAt &&
    left.endsAt === right.endsAt &&
    left.status === right.status &&
    left.interviewers.length === right.interviewers.length &&
    left.interviewers.every(({ id }, index) => id === right.interviewers[index]?.id)
  );
}

type InterviewFacts = Pick<Interview, 'startsAt' | 'endsAt' | 'status' | 'interviewers'>;

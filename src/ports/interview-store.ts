import type { Interview } from '../core/interview.ts';
import type { Page } from './user-store.ts';

/** Which interviews of an organization are meant; what is absent does not narrow. */
export interface InterviewQuery {
  readonly organizationId: string;
  /** Those that this user is an interviewer of. */
  readonly interviewer?: string;
  /** Those that are booked and start after this instant (RFC 3339). */
  readonly aheadOf?: string;
}

/** An interview that somebody may have to be replaced in, and the doubt there is about it. */
export interface DoubtedInterview {
  readonly interview: Interview;
  /** Another one each time somebody doubts. */
  readonly doubt: string;
}

/** Interviews in the order of their start, then of their ids. Adapters pass test/contracts/interview-store.contract.ts. */
export interface InterviewStore {
  get(organizationId: string, id: string): Promise<Interview | null>;
  /** Compare-and-swap: the stored version must be `former` (0: there is none), else `stale`. It is in doubt from then on. */
  save(interview: Interview, former: number): Promise<DoubtedInterview>;
  /** Puts the interviews in doubt that are booked, start after an instant and have this interviewer. */
  doubt(organizationId: string, interviewer: string, aheadOf: string): Promise<void>;
  /** Ends these doubts, but for those about which somebody has doubted again meanwhile. */
  trust(doubted: readonly DoubtedInterview[]): Promise<void>;
  /** As `list`, those in doubt only. Cost grows with them, not with those that nobody doubts. */
  doubted(query: InterviewQuery, cursor: string | null, limit: number): Promise<Page<DoubtedInterview>>;
  /** How many are in doubt, counted up to `most`. */
  countDoubted(query: InterviewQuery, most: number): Promise<number>;
  /** By keyset; a cursor is the `placeOf` the interview to go on after, null starts. Throws `invalid` for a cursor this list did not give out. */
  list(query: InterviewQuery, cursor: string | null, limit: number): Promise<Page<Interview>>;
  /** How many of the interviews ahead each of them is an interviewer of; 0 for those without any. */
  countEach(
    organizationId: string,
    interviewers: readonly string[],
    aheadOf: string,
  ): Promise<ReadonlyMap<string, number>>;
  /** Those of all organizations with something that people were not told, in the order of organization and id. */
  untold(limit: number): Promise<readonly Interview[]>;
  /** How many there are, counted up to `most`. */
  count(query: InterviewQuery, most: number): Promise<number>;
}

import type { Organization } from '../core/organization.ts';
import type { User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { DoubtedInterview } from '../ports/interview-store.ts';
import type { WriteDependencies } from './dependencies.ts';
import { type InterviewPeople, interviewPeople } from './interview-people.ts';
import type { InterviewDependencies } from './report-interview.ts';

/**
 * Puts the interviews ahead of somebody in doubt who cannot stay in them as they are after a change. Done before the change is
 * written, for whoever dies in between, and after it, for whoever looked at them meanwhile.
 */
export async function doubtInterviews(
  { stores, clock }: Pick<WriteDependencies, 'stores' | 'clock'>,
  before: User,
  { organizationId, id, status, kind }: User,
): Promise<void> {
  const leaves = before.status === 'active' && status !== 'active';
  if (before.version === 0 || (!leaves && before.kind === kind)) return;
  await stores.interviews.doubt(organizationId, id, timestamp(clock));
}

/** Those of these interviews that somebody has to be replaced in; the others are in doubt no more. */
export async function reviewInterviews(
  deps: InterviewDependencies,
  people: InterviewPeople,
  doubted: readonly DoubtedInterview[],
) {
  await people.read(doubted.map(({ interview }) => interview));
  const needing = doubted.filter(({ interview }) => people.toReplace(interview).length > 0);
  const settled = doubted.filter((one) => !needing.includes(one));
  if (settled.length > 0) await deps.stores.interviews.trust(settled);
  return needing.map(({ interview }) => interview);
}

/** Looks at an interview that was just saved, when everybody who changes meanwhile can see it. */
export async function reviewInterview(
  deps: InterviewDependencies,
  organization: Organization,
  doubted: DoubtedInterview,
): Promise<void> {
  await reviewInterviews(deps, interviewPeople(deps, organization), [doubted]);
}

import { AppError } from '../core/errors.ts';
import { type Interview, type Interviewer, isAhead, replacementReason } from '../core/interview.ts';
import type { Organization } from '../core/organization.ts';
import type { User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { currentUser } from './current-user.ts';
import type { InterviewDependencies } from './report-interview.ts';

/** Those in interviews, by id, as they are under the settings of now. Each is read once. */
export interface InterviewPeople {
  /** Reads those of these interviews who are not known yet. */
  read(interviews: readonly Pick<Interview, 'interviewers'>[]): Promise<void>;
  get(id: string): User | undefined;
  /** Those who have to be replaced: nobody once the interview has begun or is off. */
  toReplace(interview: Interview): readonly Interviewer[];
}

export function interviewPeople(
  { stores, clock }: Pick<InterviewDependencies, 'stores' | 'clock'>,
  organization: Organization,
): InterviewPeople {
  const known = new Map<string, User | undefined>();
  const now = timestamp(clock);
  return {
    async read(interviews) {
      const ids = interviews.flatMap(({ interviewers }) => interviewers.map(({ id }) => id));
      const unknown = [...new Set(ids)].filter((id) => !known.has(id));
      if (unknown.length === 0) return;
      const found = await stores.users.getMany(organization.id, unknown);
      for (const id of unknown) known.set(id, undefined);
      for (const user of found) known.set(user.id, currentUser(user, organization));
    },
    get: (id) => known.get(id),
    toReplace: (interview) =>
      isAhead(interview, now)
        ? interview.interviewers.filter((one) => replacementReason(one, known.get(one.id)) !== null)
        : [],
  };
}

/**
 * These users as interviewers. Throws `invalid` for one that is not known, by the name of their place in the request, and
 * `not_active` (details.users) for those who are not active.
 */
export async function newInterviewers(
  deps: Pick<InterviewDependencies, 'stores'>,
  organization: Organization,
  added: readonly { readonly id: string; readonly path: string }[],
): Promise<readonly Interviewer[]> {
  const ids = added.map(({ id }) => id);
  const found = ids.length === 0 ? [] : await deps.stores.users.getMany(organization.id, ids);
  const users = new Map(found.map((user) => [user.id, currentUser(user, organization)]));
  const errors = added.flatMap(({ id, path }) => (users.has(id) ? [] : [{ path, message: 'is not known here' }]));
  if (errors.length > 0) throw new AppError('invalid', 'there is no such user to interview', { errors });
  const away = [...users.values()].filter(({ status }) => status !== 'active');
  if (away.length > 0) throw notActive(away);
  return [...users.values()].map(({ id, kind }) => ({ id, kind }));
}

function notActive(away: readonly User[]): AppError {
  const users = away.map(({ id, status, attributes }) => ({ id, name: attributes.displayName ?? null, status }));
  return new AppError('not_active', 'only active users can be added to an interview', { users });
}

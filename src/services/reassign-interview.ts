import { AppError, notFound } from '../core/errors.ts';
import { type Interview, isAhead } from '../core/interview.ts';
import type { Actor } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { newInterviewers } from './interview-people.ts';
import { changeInterview, type InterviewTarget } from './report-interview.ts';
import { type TellDependencies, tellReplaced } from './tell-replaced.ts';

/** Who leaves an interview, and who takes their place. */
export interface Reassignment {
  readonly from: string;
  readonly to: string;
  readonly by: Actor;
}

/**
 * Puts somebody in the place of an interviewer, under the next version, and tells both; done already, writes nothing.
 *
 * Throws `interview_over` once it has begun or is off, `not_active` (the one who takes over), `invalid` for somebody who is not in it,
 * is in it already, or is not known; `not_found`, `precondition_failed`.
 */
export async function reassignInterview(
  deps: TellDependencies,
  target: InterviewTarget,
  { from, to, by }: Reassignment,
): Promise<Interview> {
  const interview = await changeInterview(deps, target, async (stored, organization) => {
    if (!stored) throw notFound('interview');
    const isIn = (user: string) => stored.interviewers.some(({ id }) => id === user);
    if (from === to) throw refused('to', 'is the same person');
    if (!isIn(from) && isIn(to)) return stored;
    if (!isIn(from)) throw refused('from', 'is not an interviewer of this interview');
    if (isIn(to)) throw refused('to', 'is an interviewer of this interview already');
    if (!isAhead(stored, timestamp(deps.clock)))
      throw new AppError('interview_over', 'only a booked interview that has not begun can be reassigned');
    const [replacement] = await newInterviewers(deps, organization, [{ id: to, path: 'to' }]);
    const interviewers = stored.interviewers.map((one) => (one.id === from ? (replacement ?? one) : one));
    const version = stored.version + 1;
    return { ...stored, interviewers, version, untold: [...(stored.untold ?? []), { version, from, to, by }] };
  });
  await tellReplaced(deps, interview);
  return interview;
}

function refused(path: string, message: string): AppError {
  return new AppError('invalid', `${path} ${message}`, { errors: [{ path, message }] });
}

import { z } from 'zod';
import { nameOf } from '../core/change-summary.ts';
import { INTERVIEW_STATUSES, type Interview, replacementReason } from '../core/interview.ts';
import type { Organization } from '../core/organization.ts';
import { type InterviewPeople, interviewPeople } from '../services/interview-people.ts';
import type { InterviewDependencies } from '../services/report-interview.ts';
import { instant, status } from './common-schemas.ts';
import { known } from './known.ts';
import type { Frozen } from './route.ts';

const replacement = z.object({
  id: z.string(),
  name: z.string().optional(),
  status,
  reason: z
    .enum(['not_active', 'kind_changed'])
    .meta({ description: 'They left, or became an agency user or an employee since they were booked.' }),
});

export const interviewSchema = z
  .object({
    externalId: z.string().meta({ description: "The host's own id." }),
    startsAt: instant,
    endsAt: instant,
    status: z.enum(INTERVIEW_STATUSES),
    interviewers: z.array(z.string()).meta({ description: 'Ids of users.' }),
    needsReschedule: z.boolean().meta({ description: 'It is booked, has not begun, and somebody has to be replaced.' }),
    replace: z.array(replacement).meta({ description: 'Who has to be replaced.' }),
    version: z.int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Interview', description: 'An interview as the host reported it.' });

/** An interview as the API shows it; its interviewers must have been read. */
export function viewInterview(interview: Interview, people: InterviewPeople): Frozen<z.output<typeof interviewSchema>> {
  const { id: externalId, organizationId: _organization, untold: _untold, interviewers, ...facts } = interview;
  const replace = people.toReplace(interview).flatMap((one) => {
    const user = people.get(one.id);
    const reason = replacementReason(one, user);
    return user && reason ? [known({ id: user.id, name: nameOf(user), status: user.status, reason })] : [];
  });
  const ids = interviewers.map(({ id }) => id);
  return { externalId, ...facts, interviewers: ids, needsReschedule: replace.length > 0, replace };
}

/** One interview, with whoever is in it as they are now. */
export async function readInterviewView(deps: InterviewDependencies, organization: Organization, interview: Interview) {
  const people = interviewPeople(deps, organization);
  await people.read([interview]);
  return viewInterview(interview, people);
}

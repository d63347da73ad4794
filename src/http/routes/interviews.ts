import { z } from 'zod';
import { AppError, notFound } from '../../core/errors.ts';
import { INTERVIEW_STATUSES } from '../../core/interview.ts';
import { listInterviews } from '../../services/list-interviews.ts';
import { readOrganization } from '../../services/organizations.ts';
import { reassignInterview } from '../../services/reassign-interview.ts';
import { reportInterview } from '../../services/report-interview.ts';
import { interviewSchema, readInterviewView, viewInterview } from '../interview-view.ts';
import { PAGING, pageOf } from '../pagination.ts';
import { type Route, route } from '../route.ts';

const PATH = '/api/organizations/:org/interviews';
const ONE = `${PATH}/:id` as const;

const MOST_INTERVIEWERS = 50;

/** Leaves room for the changes made here, each of which adds one. */
const LARGEST_VERSION = 9_000_000_000_000_000;

const userId = z.string().min(1).max(200);

/** A point in time of the years that texts are in order of. */
const time = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .refine((text) => text.length === '2026-01-01T00:00:00.000Z'.length, 'must lie in the years 0 to 9999');

const report = z
  .strictObject({
    startsAt: time,
    endsAt: time,
    status: z.enum(INTERVIEW_STATUSES),
    interviewers: z
      .array(userId)
      .max(MOST_INTERVIEWERS)
      .refine((ids) => new Set(ids).size === ids.length, 'must name everybody once')
      .meta({ description: 'Ids of users; whoever is added must be active.' }),
    version: z
      .int()
      .min(1)
      .max(LARGEST_VERSION)
      .meta({ description: "The host's own, greater with every change; a version that is known changes nothing." }),
  })
  .refine(({ startsAt, endsAt }) => startsAt < endsAt, { path: ['endsAt'], message: 'must be later than startsAt' })
  .meta({ id: 'InterviewReport' });

export const interviewRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: PATH,
    policy: 'people:read',
    name: 'listInterviews',
    summary:
      'Lists interviews by start. A page of those that need something may be short while `next` says there are more.',
    query: z.strictObject({
      ...PAGING,
      interviewer: userId.optional().meta({ description: 'Only those of this user.' }),
      needs: z.enum(['reschedule']).optional().meta({ description: 'Only those with somebody to replace.' }),
    }),
    answer: pageOf(interviewSchema).extend({
      total: z.int().optional().meta({ description: 'Absent: there are too many to be counted.' }),
    }),
    async handle({ deps }, { params: { org }, query: { cursor = null, limit, ...filter } }) {
      const organization = await readOrganization(deps, org);
      const { items, next, total, people } = await listInterviews(deps, organization, filter, cursor, limit);
      const shown = items.map((interview) => viewInterview(interview, people));
      return { items: shown, next, ...(total === null ? {} : { total }) };
    },
  }),
  route({
    method: 'get',
    path: ONE,
    policy: 'people:read',
    name: 'readInterview',
    summary: 'Reads an interview, and who in it has to be replaced.',
    answer: interviewSchema,
    versioned: true,
    async handle({ deps }, { params: { org, id } }) {
      const organization = await readOrganization(deps, org);
      const interview = await deps.stores.interviews.get(org, id);
      if (!interview) throw notFound('interview');
      return readInterviewView(deps, organization, interview);
    },
  }),
  route({
    method: 'put',
    path: ONE,
    policy: 'people:write',
    name: 'reportInterview',
    summary: 'Takes down an interview of the host under its own id; the same again changes nothing.',
    body: report,
    answer: interviewSchema,
    versioned: true,
    refusals: ['stale', 'not_active'],
    async handle({ deps }, { params: { org, id }, body, ifMatch }) {
      checkId(id);
      const interview = await reportInterview(deps, { organizationId: org, ifMatch }, { id, ...body });
      return readInterviewView(deps, await readOrganization(deps, org), interview);
    },
  }),
  route({
    method: 'post',
    path: `${ONE}/reassign`,
    policy: 'people:write',
    name: 'reassignInterview',
    summary:
      'Puts an active user in the place of an interviewer, under the next version; the history of both tells it.',
    body: z.strictObject({ from: userId, to: userId }).meta({ id: 'Reassignment' }),
    answer: interviewSchema,
    versioned: true,
    refusals: ['stale', 'not_active', 'interview_over'],
    async handle({ deps }, { params: { org, id }, body, ifMatch, actor: by }) {
      const interview = await reassignInterview(deps, { organizationId: org, id, ifMatch }, { ...body, by });
      return readInterviewView(deps, await readOrganization(deps, org), interview);
    },
  }),
];

/** Without control characters, which would not stand in a cursor. */
function checkId(id: string): void {
  if (id.length <= 128 && !/\p{Cc}/u.test(id)) return;
  throw new AppError('invalid', 'the id of an interview has up to 128 characters, none of them a control character', {
    errors: [{ path: 'externalId', message: 'must have up to 128 characters, none of them a control character' }],
  });
}

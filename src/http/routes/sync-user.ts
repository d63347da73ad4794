import { z } from 'zod';
import { syncUser, type UserTrace } from '../../services/sync-user.ts';
import { withAttributeNames } from '../attribute-names.ts';
import { directory, instant, values } from '../common-schemas.ts';
import { known } from '../known.ts';
import { type Route, route } from '../route.ts';

const trace = z
  .object({
    source: directory,
    read: z.object({
      at: instant,
      found: z.boolean(),
      person: z
        .object({
          externalId: z.string(),
          email: z.string().optional(),
          activity: z.enum(['active', 'inactive', 'unknown']),
          reasons: z.array(z.string()),
          orgUnit: z.string().optional(),
        })
        .optional(),
    }),
    mapped: values.optional().meta({ description: 'The attributes the directory asserts.' }),
    matched: z
      .object({ verdict: z.string(), message: z.string().optional() })
      .optional()
      .meta({ description: 'Whom the directory means: own, link, gone, out_of_scope, conflict, wait or skip.' }),
    resolved: z
      .object({ from: values, to: values, why: z.string() })
      .optional()
      .meta({ description: 'What that changed, and why the status is what it is.' }),
    written: z.object({ changed: z.boolean(), version: z.int(), message: z.string() }),
  })
  .meta({ id: 'UserTrace', description: 'What became of one person in one directory, step by step.' });

export const syncUserRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/api/organizations/:org/users/:id/sync',
    policy: 'people:write',
    name: 'syncUser',
    summary: 'Runs one user through the sync now, and tells each step.',
    body: z.strictObject({ source: directory }).partial(),
    bodyOptional: true,
    answer: z.object({ items: z.array(trace) }),
    refusals: ['not_configured', 'sync_disabled', 'directory_unreachable', 'not_acceptable', 'last_admin'],
    async handle({ deps }, { params: { org, id }, actor, body }) {
      return { items: (await syncUser(deps, org, id, body.source ?? null, actor)).map(view) };
    },
  }),
];

function view({ source, read, mapped, matched, resolved, written }: UserTrace) {
  const { from = {}, to = {}, why = '' } = resolved ?? {};
  return known({
    source,
    read: known({ ...read, person: read.person && known(read.person) }),
    mapped: mapped && withAttributeNames(mapped),
    matched: matched && known(matched),
    resolved: resolved && { from: withAttributeNames(from), to: withAttributeNames(to), why },
    written,
  });
}

import { z } from 'zod';
import type { Conflict } from '../../core/conflict.ts';
import { acceptConflict, dismissConflict } from '../../services/decide-conflict.ts';
import { readOrganization } from '../../services/organizations.ts';
import { instant, source } from '../common-schemas.ts';
import { known } from '../known.ts';
import { PAGING, pageOf } from '../pagination.ts';
import { type Frozen, NO_BODY, type Route, route } from '../route.ts';

const PATH = '/api/organizations/:org/conflicts';

const state = z.enum(['open', 'accepted', 'dismissed', 'resolved']);

const conflictSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['link', 'identity', 'email_taken', 'email_held', 'claimed']),
    state,
    source,
    connectionId: z.string().optional(),
    externalId: z.string().optional(),
    userId: z.string().optional().meta({ description: 'The person it is about.' }),
    otherUserId: z.string().optional(),
    email: z.string().optional(),
    message: z.string(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Conflict', description: 'Something two sources disagree about and nobody may decide alone.' });

const DECISIONS = [
  ['accept', acceptConflict, 'Lets the change through: a link, or a held address.'],
  ['dismiss', dismissConflict, 'Leaves things as they are, and does not ask again for the same reason.'],
] as const;

export const conflictRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: PATH,
    policy: 'operator',
    name: 'listConflicts',
    summary: 'Lists conflicts, the newest first; only those that wait for somebody, unless told otherwise.',
    query: z.strictObject({ ...PAGING, state: z.enum([...state.options, 'all']).default('open') }),
    answer: pageOf(conflictSchema),
    async handle({ deps }, { params: { org }, query: { cursor = null, limit, state } }) {
      await readOrganization(deps, org);
      const asked = state === 'all' ? null : state;
      const { items, next } = await deps.stores.conflicts.list(org, asked, cursor, limit);
      return { items: items.map(view), next, total: await deps.stores.conflicts.count(org, asked) };
    },
  }),
  ...DECISIONS.map(([decision, decide, summary]) =>
    route({
      method: 'post',
      path: `${PATH}/:id/${decision}` as const,
      policy: 'operator',
      name: `${decision}Conflict`,
      summary,
      body: NO_BODY,
      bodyOptional: true,
      answer: conflictSchema,
      refusals: ['not_acceptable', 'stale', 'last_admin'],
      handle: async ({ deps }, { params: { org, id } }) => view(await decide(deps, org, id)),
    }),
  ),
];

function view(conflict: Conflict): Frozen<z.output<typeof conflictSchema>> {
  const { organizationId: _organization, key: _key, ...facts } = conflict;
  return known(facts);
}

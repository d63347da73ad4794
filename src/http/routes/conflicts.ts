import { z } from 'zod';
import { acceptConflict, dismissConflict } from '../../services/decide-conflict.ts';
import { readOrganization } from '../../services/organizations.ts';
import { conflictSchema, conflictState, viewConflicts } from '../conflict-view.ts';
import { cursorsOf, PAGING, pageOf } from '../pagination.ts';
import { NO_BODY, type Route, route } from '../route.ts';

const PATH = '/api/organizations/:org/conflicts';

const CURSORS = cursorsOf('conflicts');

const DECISIONS = [
  ['accept', acceptConflict, 'Lets the change through: a link, or a held address.'],
  ['dismiss', dismissConflict, 'Leaves things as they are, and does not ask again for the same reason.'],
] as const;

export const conflictRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: PATH,
    policy: 'people:read',
    name: 'listConflicts',
    summary: 'Lists conflicts, the newest first; only those that wait for somebody, unless told otherwise.',
    query: z.strictObject({ ...PAGING, state: z.enum([...conflictState.options, 'all']).default('open') }),
    answer: pageOf(conflictSchema),
    async handle({ deps }, { params: { org }, query: { cursor, limit, state } }) {
      await readOrganization(deps, org);
      const asked = state === 'all' ? null : state;
      const { items, next } = await deps.stores.conflicts.list(org, asked, CURSORS.keyIn(cursor), limit);
      const total = await deps.stores.conflicts.count(org, asked);
      return { items: await viewConflicts(deps.stores, org, items), next: CURSORS.next(next), total };
    },
  }),
  ...DECISIONS.map(([decision, decide, summary]) =>
    route({
      method: 'post',
      path: `${PATH}/:id/${decision}` as const,
      policy: 'people:write',
      name: `${decision}Conflict`,
      summary,
      body: NO_BODY,
      bodyOptional: true,
      answer: conflictSchema,
      refusals: ['not_acceptable', 'stale', 'last_admin'],
      async handle({ deps }, { params: { org, id }, actor }) {
        const [view] = await viewConflicts(deps.stores, org, [await decide(deps, org, id, actor)]);
        return view as NonNullable<typeof view>;
      },
    }),
  ),
];

import { z } from 'zod';
import { BULK_VERDICTS } from '../../core/bulk.ts';
import { readBulk } from '../../services/bulk-parts.ts';
import { cancelBulk, confirmBulk } from '../../services/decide-bulk.ts';
import { freezeBulk } from '../../services/freeze-bulk.ts';
import { listBulkResults } from '../../services/list-bulk-results.ts';
import { readOrganization } from '../../services/organizations.ts';
import type { BulkSelection } from '../../services/select-people.ts';
import { bulkBody, bulkResultSchema, bulkSchema, viewBulk, viewBulkResult } from '../bulk-view.ts';
import { anyOf, cursorsOf, PAGING } from '../pagination.ts';
import { type Route, route } from '../route.ts';
import { appliedDefaults, conditionOf } from '../user-filters.ts';

const PATH = '/api/organizations/:org/bulk';
const ONE = `${PATH}/:id` as const;
const CURSORS = cursorsOf('bulk');

const next = z.string().nullable().meta({ description: 'The cursor of the page that follows; null after the last.' });
const cursor = z.string().regex(/^\d{1,6}\.\d{1,6}$/, 'must be the `next` of the page before');

function selectionOf({ ids, filter = {}, except = [] }: z.output<typeof bulkBody>['select']): BulkSelection {
  return ids ? { ids } : { condition: conditionOf(filter), except };
}

/** Actions on many people at once. */
export const bulkRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/api/organizations/:org/users/bulk',
    policy: 'people:write',
    name: 'startBulk',
    summary: 'Freezes whom an action is about, up to 50,000, and tells what it would do. Nobody is changed yet.',
    body: bulkBody,
    // As large as the ids of all people it may be about.
    megabytes: 4,
    status: 201,
    answer: bulkSchema,
    refusals: ['too_many'],
    async handle(
      { deps },
      { params: { org }, actor: by, body: { action, level = null, pool = null, reason = null, select } },
    ) {
      const bulk = await freezeBulk(
        deps,
        { organizationId: org, action, level, pool, reason, by },
        selectionOf(select),
      );
      const { filter } = select;
      return { ...viewBulk(bulk), ...(filter ? { appliedDefaults: appliedDefaults(filter) } : {}) };
    },
  }),
  route({
    method: 'get',
    path: PATH,
    policy: 'people:read',
    name: 'listBulks',
    summary: 'Lists bulk actions, the newest first.',
    query: z.strictObject(PAGING),
    answer: z.object({ items: z.array(bulkSchema), next }),
    async handle({ deps }, { params: { org }, query: { cursor, limit } }) {
      await readOrganization(deps, org);
      const { items, next } = await deps.stores.bulks.list(org, CURSORS.keyIn(cursor), limit);
      return { items: items.map(viewBulk), next: CURSORS.next(next) };
    },
  }),
  route({
    method: 'get',
    path: ONE,
    policy: 'people:read',
    name: 'readBulk',
    summary: 'Reads a bulk action: what it would do, and how far it was carried out.',
    answer: bulkSchema,
    handle: async ({ deps }, { params: { org, id } }) => viewBulk(await readBulk(deps, org, id)),
  }),
  route({
    method: 'post',
    path: `${ONE}/confirm`,
    policy: 'people:write',
    name: 'confirmBulk',
    summary: 'Has a bulk action carried out on everybody who still is as they were.',
    body: z
      .strictObject({
        digest: z.string().min(1).max(200).meta({ description: 'Of what was looked at.' }),
        confirmCount: z
          .int()
          .min(0)
          .optional()
          .meta({ description: 'counts.done; needed where it is more than 10 people and 10 % of the active ones.' }),
      })
      .meta({ id: 'BulkConfirmation' }),
    status: 202,
    answer: bulkSchema,
    refusals: ['bulk_changed', 'bulk_state', 'bulk_expired', 'confirmation_required', 'stale'],
    handle: async ({ deps }, { params: { org, id }, body }) => viewBulk(await confirmBulk(deps, org, id, body)),
  }),
  route({
    method: 'post',
    path: `${ONE}/cancel`,
    policy: 'people:write',
    name: 'cancelBulk',
    summary: 'Stops a bulk action: who is not changed yet never is, and who was stays so.',
    answer: bulkSchema,
    refusals: ['bulk_state', 'stale'],
    handle: async ({ deps }, { params: { org, id } }) => viewBulk(await cancelBulk(deps, org, id)),
  }),
  route({
    method: 'get',
    path: `${ONE}/results`,
    policy: 'people:read',
    name: 'listBulkResults',
    summary: 'Lists the people of a bulk action, and what became of them.',
    query: z.strictObject({ limit: PAGING.limit, cursor: cursor.optional(), verdict: anyOf(BULK_VERDICTS).optional() }),
    answer: z.object({ items: z.array(bulkResultSchema), next }),
    async handle({ deps }, { params: { org, id }, query: { verdict = [], cursor: from = null, limit } }) {
      const results = await listBulkResults(deps, await readBulk(deps, org, id), verdict, from, limit);
      return { items: results.items.map(viewBulkResult), next: results.next };
    },
  }),
];

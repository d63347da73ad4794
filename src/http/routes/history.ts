import { z } from 'zod';
import { type HistoryItem, readHistory } from '../../services/read-history.ts';
import { attributeName } from '../attribute-names.ts';
import { actor, instant, source } from '../common-schemas.ts';
import { PAGING } from '../pagination.ts';
import { type Frozen, type Route, route } from '../route.ts';

const historyRow = z
  .object({
    at: instant,
    actor: actor.extend({
      runId: z.string().optional().meta({ description: 'The run of a directory that did it.' }),
      importId: z.string().optional().meta({ description: 'The import through which it was done.' }),
      bulkId: z.string().optional().meta({ description: 'The bulk action through which it was done.' }),
    }),
    what: z.string().meta({
      description:
        'An attribute, or `status`, `email`, `level`, `roles`, `pools`, `interview`, `effectiveLevel`, `created`, …',
    }),
    from: z.unknown().meta({ description: 'null: nothing.' }),
    to: z.unknown(),
    effective: z.boolean().meta({ description: 'False: a source said so, but a higher one decides, or it is held.' }),
    source: source.optional().meta({ description: 'The source that said it, where that had no effect.' }),
    reason: z.string().optional().meta({ description: 'Why, in the words of whoever did it.' }),
  })
  .meta({ id: 'HistoryRow' });

export const historyRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/organizations/:org/users/:id/history',
    policy: 'people:read',
    name: 'readHistory',
    summary: 'What became of a user, the newest first: who changed what, and what sources said without effect.',
    query: z.strictObject(PAGING),
    answer: z.object({
      items: z.array(historyRow),
      next: z.string().nullable().meta({ description: 'The cursor of the page that follows; null after the last.' }),
    }),
    async handle({ deps }, { params: { org, id }, query: { cursor = null, limit } }) {
      const { items, next } = await readHistory(deps, org, id, cursor, limit);
      return { items: items.map(view), next };
    },
  }),
];

function view({ what, by, ...row }: HistoryItem): Frozen<z.output<typeof historyRow>> {
  const run = by.kind === 'run' && by.id !== null ? { runId: by.id } : {};
  return { ...row, what: attributeName(what), actor: { ...by, ...run } };
}

import { z } from 'zod';
import { listGroups } from '../../services/list-groups.ts';
import { known } from '../known.ts';
import { PAGING } from '../pagination.ts';
import { type Route, route } from '../route.ts';

const groupSchema = z
  .object({
    source: z.enum(['scim', 'google', 'microsoft']),
    connectionId: z.string().optional().meta({ description: 'The SCIM connection that made it.' }),
    id: z.string(),
    name: z.string().optional().meta({ description: 'Of SCIM groups only.' }),
  })
  .meta({
    id: 'KnownGroup',
    description: 'A group that people are in; all but its name can be the `group` of a mapping.',
  });

export const groupRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/organizations/:org/groups',
    policy: 'people:read',
    name: 'listGroups',
    summary:
      'Lists the groups that mappings may name: those of SCIM, then those of directories that a run has read for a mapping.',
    query: z.strictObject({
      ...PAGING,
      source: z.enum(['scim', 'directory']).optional().meta({ description: 'Left out: both.' }),
      q: z.string().min(1).max(200).optional().meta({
        description: 'How the name begins, or the key of a group of a directory, in upper or lower case.',
      }),
    }),
    answer: z.object({
      items: z.array(groupSchema),
      next: z.string().nullable().meta({ description: 'The cursor of the page that follows; null after the last.' }),
    }),
    async handle({ deps }, { params: { org }, query: { source, q = '', cursor = null, limit } }) {
      const { items, next } = await listGroups(deps, org, { source, beginning: q }, cursor, limit);
      return { items: items.map(known), next };
    },
  }),
];

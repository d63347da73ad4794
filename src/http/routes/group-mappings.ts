import { z } from 'zod';
import {
  deleteMapping,
  type MappingTarget,
  plannedMapping,
  putMapping,
  readMapping,
} from '../../services/group-mappings.ts';
import { readOrganization } from '../../services/organizations.ts';
import { previewMapping } from '../../services/preview-group-mapping.ts';
import {
  mappingBody,
  mappingPreviewSchema,
  mappingSchema,
  viewMappingPreview,
  viewMappings,
} from '../group-mapping-view.ts';
import { previewQuery } from '../lifecycle-view.ts';
import { cursorsOf, PAGING, pageOf } from '../pagination.ts';
import { parseInput } from '../parse-input.ts';
import { type ApiContext, type Call, type Route, route } from '../route.ts';

const PATH = '/api/organizations/:org/group-mappings';
const ONE = `${PATH}/:id` as const;

const CURSORS = cursorsOf('group-mappings');

const idSchema = z.strictObject({ id: z.string().min(1).max(200) });

/** What people have because they are in a group. */
export const groupMappingRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: PATH,
    policy: 'people:read',
    name: 'listGroupMappings',
    summary: 'Lists what groups give to those in them, in the order of the ids.',
    query: z.strictObject(PAGING),
    answer: pageOf(mappingSchema),
    async handle({ deps }, { params: { org }, query: { cursor, limit } }) {
      await readOrganization(deps, org);
      const { groupMappings } = deps.stores;
      const { items, next } = await groupMappings.list(org, CURSORS.keyIn(cursor), limit);
      const total = await groupMappings.count(org);
      return { items: await viewMappings(deps, org, items), next: CURSORS.next(next), total };
    },
  }),
  route({
    method: 'get',
    path: ONE,
    policy: 'people:read',
    name: 'readGroupMapping',
    summary: 'Reads what a group gives to those in it.',
    answer: mappingSchema,
    versioned: true,
    handle: async ({ deps }, { params: { org, id } }) => viewOne(deps, org, await readMapping(deps, org, id)),
  }),
  route({
    method: 'put',
    path: ONE,
    policy: 'settings',
    name: 'putGroupMapping',
    summary: 'Gives a level or roles to whoever is in a group. With preview=true, tells who would gain or lose what.',
    query: previewQuery,
    body: mappingBody,
    answer: z.union([mappingSchema, mappingPreviewSchema]),
    versioned: true,
    refusals: ['never_admin', 'unknown_group', 'unknown_role', 'unknown_scope'],
    async handle({ deps }, call) {
      const target = targetOf(call);
      if (call.query.preview === 'true') {
        const move = await plannedMapping(deps, target, call.body);
        return viewMappingPreview(await previewMapping(deps, target.organizationId, move));
      }
      return viewOne(deps, target.organizationId, await putMapping(deps, target, call.body));
    },
  }),
  route({
    method: 'delete',
    path: ONE,
    policy: 'settings',
    name: 'deleteGroupMapping',
    summary: 'Takes away what a group gives to those in it.',
    status: 204,
    answer: null,
    versioned: true,
    handle: ({ deps }, call) => deleteMapping(deps, targetOf(call)),
  }),
];

function targetOf({ params, ifMatch, actor }: Pick<Call<':org/:id'>, 'params' | 'ifMatch' | 'actor'>): MappingTarget {
  return { organizationId: params.org, ifMatch, by: actor, ...parseInput(idSchema, { id: params.id }) };
}

async function viewOne(
  deps: ApiContext['deps'],
  organizationId: string,
  mapping: Awaited<ReturnType<typeof readMapping>>,
) {
  const [view] = await viewMappings(deps, organizationId, [mapping]);
  return view as NonNullable<typeof view>;
}

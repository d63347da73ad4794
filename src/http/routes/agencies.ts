import { z } from 'zod';
import { type AgencyTarget, createAgency, deleteAgency, editAgency, readAgency } from '../../services/agencies.ts';
import { archiveAgency, previewArchive } from '../../services/archive-agency.ts';
import { readOrganization } from '../../services/organizations.ts';
import { grant } from '../access-view.ts';
import { agencySchema, archivePreviewSchema, viewAgency } from '../agency-view.ts';
import { title } from '../common-schemas.ts';
import { known } from '../known.ts';
import { previewQuery, reason } from '../lifecycle-view.ts';
import { targetOf } from '../operator.ts';
import { cursorsOf, PAGING, pageOf } from '../pagination.ts';
import { type Call, type Route, route } from '../route.ts';

const PATH = '/api/organizations/:org/agencies';
const ONE = `${PATH}/:id` as const;

const CURSORS = cursorsOf('agencies');

const roles = z.array(grant).max(200);

const listQuery = z.strictObject({
  ...PAGING,
  state: z.enum(['active', 'archived', 'all']).default('active'),
});

export const agencyRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: PATH,
    policy: 'people:write',
    name: 'createAgency',
    summary: 'Adds an agency.',
    body: z.strictObject({ name: title, roles: roles.default([]) }).meta({ id: 'NewAgency' }),
    status: 201,
    answer: agencySchema,
    versioned: true,
    refusals: ['unknown_role', 'unknown_scope'],
    handle: async ({ deps }, { params, body }) => viewAgency(await createAgency(deps, params.org, body)),
  }),
  route({
    method: 'get',
    path: PATH,
    policy: 'people:read',
    name: 'listAgencies',
    summary: 'Lists agencies in the order of creation: those that are not archived, unless state says otherwise.',
    query: listQuery,
    answer: pageOf(agencySchema),
    async handle({ deps }, { params: { org }, query: { cursor, limit, state } }) {
      await readOrganization(deps, org);
      const { agencies } = deps.stores;
      const asked = state === 'all' ? null : state;
      const { items, next } = await agencies.list(org, asked, CURSORS.keyIn(cursor), limit);
      const total = await agencies.count(org, asked);
      return { items: items.map(viewAgency), next: CURSORS.next(next), total };
    },
  }),
  route({
    method: 'get',
    path: ONE,
    policy: 'people:read',
    name: 'readAgency',
    summary: 'Reads an agency.',
    answer: agencySchema,
    versioned: true,
    handle: async ({ deps }, { params: { org, id } }) => viewAgency(await readAgency(deps, org, id)),
  }),
  route({
    method: 'patch',
    path: ONE,
    policy: 'people:write',
    name: 'editAgency',
    summary: 'Changes name or roles of an agency; its users have the new roles at once.',
    body: z.strictObject({ name: title, roles }).partial().meta({ id: 'AgencyEdit' }),
    answer: agencySchema,
    versioned: true,
    refusals: ['agency_archived', 'unknown_role', 'unknown_scope'],
    handle: async ({ deps }, call) => viewAgency(await editAgency(deps, agencyOf(call), call.body)),
  }),
  route({
    method: 'post',
    path: `${ONE}/archive`,
    policy: 'people:write',
    name: 'archiveAgency',
    summary:
      'Archives an agency and deactivates its users, whom preview=true shows; with any of them it takes the digest.',
    query: previewQuery,
    body: z.strictObject({ digest: z.string().max(200).optional(), reason }).meta({ id: 'ArchiveAgency' }),
    bodyOptional: true,
    answer: z.union([agencySchema, archivePreviewSchema]),
    versioned: true,
    refusals: ['confirmation_required'],
    async handle({ deps }, call) {
      const target = agencyOf(call);
      if (call.query.preview === 'true') {
        const { users, digest } = await previewArchive(deps, target);
        return { users: { ...users, first100: users.first100.map(known) }, digest };
      }
      const { by } = targetOf(call);
      return viewAgency(await archiveAgency(deps, { ...target, ...call.body, by }));
    },
  }),
  route({
    method: 'delete',
    path: ONE,
    policy: 'people:write',
    name: 'deleteAgency',
    summary: 'Deletes an agency that nobody has ever belonged to; any other can be archived.',
    status: 204,
    answer: null,
    refusals: ['agency_in_use'],
    async handle({ deps }, call) {
      await deleteAgency(deps, agencyOf(call));
    },
  }),
];

function agencyOf({ params, ifMatch }: Pick<Call<':org/:id'>, 'params' | 'ifMatch'>): AgencyTarget {
  return { organizationId: params.org, agencyId: params.id, ifMatch };
}

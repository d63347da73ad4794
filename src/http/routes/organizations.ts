import { z } from 'zod';
import type { Organization } from '../../core/organization.ts';
import { createOrganization, readOrganization } from '../../services/organizations.ts';
import { instant, title } from '../common-schemas.ts';
import { cursorsOf, PAGING, pageOf } from '../pagination.ts';
import { type Frozen, type Route, route } from '../route.ts';
import { domain } from '../settings-view.ts';

const organizationSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    domains: z.array(z.string()).meta({ description: "The organization's own domains." }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Organization' });

const CURSORS = cursorsOf('organizations');

export const organizationRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/api/organizations',
    policy: 'operator',
    name: 'createOrganization',
    summary: 'Creates an organization; SCIM and directory sync are off.',
    body: z
      .strictObject({ name: title, domains: z.array(domain).max(100).default([]) })
      .meta({ id: 'NewOrganization' }),
    status: 201,
    answer: organizationSchema,
    handle: async ({ deps }, { body }) => view(await createOrganization(deps, body)),
  }),
  route({
    method: 'get',
    path: '/api/organizations',
    policy: 'operator',
    name: 'listOrganizations',
    summary: 'Lists organizations, the oldest first.',
    query: z.strictObject(PAGING),
    answer: pageOf(organizationSchema),
    async handle({ deps: { stores } }, { query: { cursor, limit } }) {
      const { items, next } = await stores.organizations.list(CURSORS.keyIn(cursor), limit);
      return { items: items.map(view), next: CURSORS.next(next), total: await stores.organizations.count() };
    },
  }),
  route({
    method: 'get',
    path: '/api/organizations/:org',
    policy: 'settings',
    name: 'readOrganization',
    summary: 'Reads an organization.',
    answer: organizationSchema,
    handle: async ({ deps }, { params }) => view(await readOrganization(deps, params.org)),
  }),
];

function view({ id, name, settings, createdAt, updatedAt }: Organization): Frozen<z.output<typeof organizationSchema>> {
  return { id, name, domains: settings.domains, createdAt, updatedAt };
}

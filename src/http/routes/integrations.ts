import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Integration } from '../../core/integration.ts';
import { putGoogleIntegration, testGoogleIntegration } from '../../services/integrations.ts';
import { readOrganization } from '../../services/organizations.ts';
import { directory, email, instant } from '../common-schemas.ts';
import { known } from '../known.ts';
import { type Frozen, NO_BODY, type Route, route } from '../route.ts';
import { readServiceAccount, serviceAccountSchema } from '../service-account.ts';

const PATH = '/api/organizations/:org/integrations/google';

const integrationSchema = z
  .object({
    source: directory,
    account: z.string().meta({ description: 'The address of the service account.' }),
    subject: z.string().meta({ description: 'The administrator it acts as.' }),
    tenant: z.string().optional().meta({ description: "The directory's own tenant; known after the first page." }),
    version: z.int(),
    nextDueAt: instant.optional().meta({ description: 'Absent while no scheduled run is wanted.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Integration', description: 'How a directory is connected; never the key.' });

export const integrationRoutes: readonly Route[] = [
  route({
    method: 'put',
    path: PATH,
    policy: 'operator',
    name: 'connectGoogle',
    summary: 'Connects Google Workspace, or replaces how it is connected.',
    body: z.strictObject({ serviceAccount: serviceAccountSchema, subject: email }).meta({ id: 'GoogleConnection' }),
    answer: integrationSchema,
    async handle({ deps }, { params: { org }, body: { serviceAccount, subject } }) {
      const credentials = { ...readServiceAccount(serviceAccount), subject };
      return view(await putGoogleIntegration(deps, org, credentials));
    },
  }),
  route({
    method: 'get',
    path: PATH,
    policy: 'operator',
    name: 'readGoogle',
    summary: 'Tells how Google Workspace is connected.',
    answer: integrationSchema,
    async handle({ deps }, { params: { org } }) {
      await readOrganization(deps, org);
      const integration = await deps.stores.integrations.get(org, 'google');
      if (!integration) throw new AppError('not_found', 'Google Workspace is not connected yet');
      return view(integration);
    },
  }),
  route({
    method: 'post',
    path: `${PATH}/test`,
    policy: 'operator',
    name: 'testGoogle',
    summary: 'Says in words what works and what does not between Rollcall and Google Workspace.',
    body: NO_BODY,
    bodyOptional: true,
    answer: z.object({
      ok: z.boolean(),
      checks: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string() })),
    }),
    refusals: ['not_configured'],
    async handle({ deps }, { params: { org } }) {
      const checks = await testGoogleIntegration(deps, org);
      return { ok: checks.every(({ ok }) => ok), checks };
    },
  }),
];

function view(integration: Integration): Frozen<z.output<typeof integrationSchema>> {
  const { source, account, subject, tenant, version, nextDueAt, createdAt, updatedAt } = integration;
  return known({ source, account, subject, tenant, version, nextDueAt, createdAt, updatedAt });
}

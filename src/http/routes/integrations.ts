import { z } from 'zod';
import { SOURCE_TITLES } from '../../core/change-summary.ts';
import { AppError } from '../../core/errors.ts';
import type { Integration } from '../../core/integration.ts';
import { DIRECTORIES, type DirectoryName } from '../../core/user.ts';
import { putGoogleIntegration, putMicrosoftIntegration, testIntegration } from '../../services/integrations.ts';
import { readOrganization } from '../../services/organizations.ts';
import { directory, email, instant } from '../common-schemas.ts';
import { known } from '../known.ts';
import { microsoftConnectionSchema, readMicrosoftConnection } from '../microsoft-connection.ts';
import { type Frozen, NO_BODY, type Route, route } from '../route.ts';
import { readServiceAccount, serviceAccountSchema } from '../service-account.ts';

const PATH = '/api/organizations/:org/integrations';

const integrationSchema = z
  .object({
    source: directory,
    account: z.string().meta({ description: 'The address of the service account, or the id of the application.' }),
    subject: z.string().optional().meta({ description: 'The administrator a service account acts as.' }),
    tenant: z.string().optional().meta({ description: "The directory's own tenant, once it is known." }),
    people: z
      .object({ includeGuests: z.boolean(), onlyLicensed: z.boolean(), useInitialDomain: z.boolean() })
      .optional()
      .meta({ description: 'Which people of a Microsoft 365 tenant are taken.' }),
    version: z.int(),
    nextDueAt: instant.optional().meta({ description: 'Absent while no scheduled run is wanted.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Integration', description: 'How a directory is connected; never the key.' });

const connectRoutes: readonly Route[] = [
  route({
    method: 'put',
    path: `${PATH}/google`,
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
    method: 'put',
    path: `${PATH}/microsoft`,
    policy: 'operator',
    name: 'connectMicrosoft',
    summary: 'Connects Microsoft 365, or replaces how it is connected.',
    body: microsoftConnectionSchema,
    answer: integrationSchema,
    async handle({ deps }, { params: { org }, body }) {
      const { credentials, people } = readMicrosoftConnection(body);
      return view(await putMicrosoftIntegration(deps, org, credentials, people));
    },
  }),
];

const OPERATION_NAMES: { readonly [source in DirectoryName]: string } = { google: 'Google', microsoft: 'Microsoft' };

/** What every connected directory answers alike. */
function routesOf(source: DirectoryName): readonly Route[] {
  const path = `${PATH}/${source}` as const;
  const title = SOURCE_TITLES[source];
  return [
    route({
      method: 'get',
      path,
      policy: 'operator',
      name: `read${OPERATION_NAMES[source]}`,
      summary: `Tells how ${title} is connected.`,
      answer: integrationSchema,
      async handle({ deps }, { params: { org } }) {
        await readOrganization(deps, org);
        const integration = await deps.stores.integrations.get(org, source);
        if (!integration) throw new AppError('not_found', `${title} is not connected yet`);
        return view(integration);
      },
    }),
    route({
      method: 'post',
      path: `${path}/test`,
      policy: 'operator',
      name: `test${OPERATION_NAMES[source]}`,
      summary: `Says in words what works and what does not between Rollcall and ${title}.`,
      body: NO_BODY,
      bodyOptional: true,
      answer: z.object({
        ok: z.boolean(),
        checks: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string() })),
      }),
      refusals: ['not_configured'],
      async handle({ deps }, { params: { org } }) {
        const checks = await testIntegration(deps, org, source);
        return { ok: checks.every(({ ok }) => ok), checks };
      },
    }),
  ];
}

export const integrationRoutes: readonly Route[] = [...connectRoutes, ...DIRECTORIES.flatMap(routesOf)];

function view(integration: Integration): Frozen<z.output<typeof integrationSchema>> {
  const { source, account, subject, tenant, people = null, version, nextDueAt, createdAt, updatedAt } = integration;
  return known({ source, account, subject, tenant, people, version, nextDueAt, createdAt, updatedAt });
}

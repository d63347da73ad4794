import { z } from 'zod';
import { SOURCE_TITLES } from '../../core/change-summary.ts';
import { DIRECTORIES, type DirectoryName } from '../../core/user.ts';
import { putGoogleIntegration, putMicrosoftIntegration } from '../../services/integrations.ts';
import { testIntegration } from '../../services/test-integration.ts';
import { email } from '../common-schemas.ts';
import { integrationSchema, readIntegrationView } from '../integration-view.ts';
import { microsoftConnectionSchema, readMicrosoftConnection } from '../microsoft-connection.ts';
import { NO_BODY, type Route, route } from '../route.ts';
import { readServiceAccount, serviceAccountSchema } from '../service-account.ts';

const PATH = '/api/organizations/:org/integrations';

const connectRoutes: readonly Route[] = [
  route({
    method: 'put',
    path: `${PATH}/google`,
    policy: 'settings',
    name: 'connectGoogle',
    summary: 'Connects Google Workspace, or replaces how it is connected.',
    body: z.strictObject({ serviceAccount: serviceAccountSchema, subject: email }).meta({ id: 'GoogleConnection' }),
    answer: integrationSchema,
    async handle({ deps }, { params: { org }, body: { serviceAccount, subject } }) {
      const credentials = { ...readServiceAccount(serviceAccount), subject };
      await putGoogleIntegration(deps, org, credentials);
      return readIntegrationView(deps, org, 'google');
    },
  }),
  route({
    method: 'put',
    path: `${PATH}/microsoft`,
    policy: 'settings',
    name: 'connectMicrosoft',
    summary: 'Connects Microsoft 365, or replaces how it is connected.',
    body: microsoftConnectionSchema,
    answer: integrationSchema,
    async handle({ deps }, { params: { org }, body }) {
      const { credentials, people } = readMicrosoftConnection(body);
      await putMicrosoftIntegration(deps, org, credentials, people);
      return readIntegrationView(deps, org, 'microsoft');
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
      policy: 'settings',
      name: `read${OPERATION_NAMES[source]}`,
      summary: `Tells how ${title} is connected.`,
      answer: integrationSchema,
      handle: ({ deps }, { params: { org } }) => readIntegrationView(deps, org, source),
    }),
    route({
      method: 'post',
      path: `${path}/test`,
      policy: 'settings',
      name: `test${OPERATION_NAMES[source]}`,
      summary: `Says in words what works and what does not between Rollcall and ${title}, the groups of the scope among it.`,
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

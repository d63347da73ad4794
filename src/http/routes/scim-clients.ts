import { z } from 'zod';
import { livingSecrets, type ScimClient } from '../../core/scim-client.ts';
import {
  addClientSecret,
  type ClientPlace,
  createClient,
  type MadeSecret,
  revokeClient,
  revokeClientSecret,
} from '../../services/scim-clients.ts';
import { readConnection } from '../../services/scim-connections.ts';
import { instant, title } from '../common-schemas.ts';
import { known } from '../known.ts';
import { pageOf } from '../pagination.ts';
import { type ApiContext, type Frozen, type Route, route } from '../route.ts';
import { scopes, someScopes } from '../scim-token-view.ts';

const PATH = '/api/organizations/:org/scim-connections/:connection/clients';
const ONE = `${PATH}/:id` as const;

const lifeDays = z.int().min(365).max(1_096).optional().meta({ description: 'Of the secret: one to three years.' });

const secretSchema = z.object({
  id: z.string().meta({ description: 'The part of the secret that is no secret: rcl_secret_<id>_…' }),
  expiresAt: instant,
  lastUsedAt: instant.optional(),
  createdAt: instant,
});

const clientSchema = z
  .object({
    id: z.string().meta({ description: 'The client_id.' }),
    name: z.string(),
    scopes,
    secrets: z.array(secretSchema).meta({ description: 'Those that live.' }),
    tokenEndpoint: z.string().meta({ description: 'Where the client gets its access tokens.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'ScimClient', description: 'Gets access tokens for a SCIM connection by OAuth client credentials.' });

const newSecretSchema = clientSchema
  .extend({
    secretId: z.string(),
    secret: z.string().meta({ description: 'The client_secret, shown this once.' }),
  })
  .meta({ id: 'CreatedClientSecret' });

export const scimClientRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: PATH,
    policy: 'operator',
    name: 'createScimClient',
    summary: 'Makes an OAuth client of this SCIM connection; its secret is shown in this answer and never again.',
    body: z.strictObject({ name: title, scopes: someScopes, expiresInDays: lifeDays }).meta({ id: 'NewScimClient' }),
    status: 201,
    answer: newSecretSchema,
    async handle(context, { params: { org, connection }, body }) {
      return viewMade(context, await createClient(context.deps, org, connection, body));
    },
  }),
  route({
    method: 'get',
    path: PATH,
    policy: 'operator',
    name: 'listScimClients',
    summary: 'Lists the OAuth clients of this SCIM connection that were not revoked, the oldest first.',
    answer: pageOf(clientSchema),
    async handle(context, { params: { org, connection } }) {
      await readConnection(context.deps, org, connection);
      const clients = await context.deps.stores.clients.list(org, connection);
      const items = clients.filter(({ revokedAt }) => revokedAt === null).map((client) => view(context, client));
      return { items, next: null, total: items.length };
    },
  }),
  route({
    method: 'post',
    path: `${ONE}/secrets`,
    policy: 'operator',
    name: 'addClientSecret',
    summary: 'Adds a secret to an OAuth client, shown in this answer and never again. Two may live at once.',
    body: z.strictObject({ expiresInDays: lifeDays }).meta({ id: 'NewClientSecret' }),
    bodyOptional: true,
    status: 201,
    answer: newSecretSchema,
    refusals: ['token_limit'],
    async handle(context, { params, body }) {
      return viewMade(context, await addClientSecret(context.deps, placeOf(params), body.expiresInDays));
    },
  }),
  route({
    method: 'delete',
    path: `${ONE}/secrets/:secret`,
    policy: 'operator',
    name: 'revokeClientSecret',
    summary: 'Revokes a secret of an OAuth client; access tokens that were got with it die within a second.',
    status: 204,
    answer: null,
    handle: ({ deps }, { params }) => revokeClientSecret(deps, placeOf(params), params.secret),
  }),
  route({
    method: 'delete',
    path: ONE,
    policy: 'operator',
    name: 'revokeScimClient',
    summary: 'Revokes an OAuth client; its access tokens die within a second.',
    status: 204,
    answer: null,
    handle: ({ deps }, { params }) => revokeClient(deps, placeOf(params)),
  }),
];

function placeOf({ org, connection, id }: { org: string; connection: string; id: string }): ClientPlace {
  return { organizationId: org, connectionId: connection, clientId: id };
}

function view({ deps, publicUrl }: ApiContext, client: ScimClient): Frozen<z.output<typeof clientSchema>> {
  const { id, name, createdAt, updatedAt } = client;
  const secrets = livingSecrets(client, deps.clock.now()).map(({ digest: _, ...facts }) => known(facts));
  const tokenEndpoint = `${publicUrl()}/oauth/token`;
  return { id, name, scopes: client.scopes, secrets, tokenEndpoint, createdAt, updatedAt };
}

function viewMade(context: ApiContext, { client, secretId, secret }: MadeSecret) {
  return { ...view(context, client), secretId, secret };
}

import { notFound } from '../../core/errors.ts';
import { timestamp } from '../../ports/clock.ts';
import { readOrganization } from '../../services/organizations.ts';
import { readConnection, readDefaultConnection } from '../../services/scim-connections.ts';
import { createScimToken, rotateScimToken } from '../../services/scim-tokens.ts';
import { pageOf } from '../pagination.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { baseUrlOf, newTokenSchema, rotationBody, tokenBody, tokenSchema, viewToken } from '../scim-token-view.ts';

const OF_DEFAULT = '/api/organizations/:org/scim-tokens';
const OF_CONNECTION = '/api/organizations/:org/scim-connections/:connection/tokens';

/** The tokens of the connection an organization started with, and those of any other one. */
export const scimTokenRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: OF_DEFAULT,
    policy: 'operator',
    name: 'createScimToken',
    summary: 'Makes a SCIM token; it is shown in this answer and never again. Two may live at once.',
    body: tokenBody,
    status: 201,
    answer: newTokenSchema,
    refusals: ['token_limit'],
    handle: (context, { params: { org }, body }) => create(context, org, body),
  }),
  route({
    method: 'get',
    path: OF_DEFAULT,
    policy: 'operator',
    name: 'listScimTokens',
    summary: 'Lists the SCIM tokens that were not revoked, the oldest first.',
    answer: pageOf(tokenSchema),
    handle: async (context, { params: { org } }) => list(context, org, await defaultOf(context, org)),
  }),
  route({
    method: 'delete',
    path: `${OF_DEFAULT}/:id`,
    policy: 'operator',
    name: 'revokeScimToken',
    summary: 'Revokes a SCIM token; it is dead at once.',
    status: 204,
    answer: null,
    handle: async (context, { params: { org, id } }) => revoke(context, org, await defaultOf(context, org), id),
  }),
  route({
    method: 'post',
    path: OF_CONNECTION,
    policy: 'operator',
    name: 'createConnectionToken',
    summary: 'Makes a token of this SCIM connection; it is shown in this answer and never again. Two may live at once.',
    body: tokenBody,
    status: 201,
    answer: newTokenSchema,
    refusals: ['token_limit'],
    handle: (context, { params: { org, connection }, body }) =>
      create(context, org, { ...body, connectionId: connection }),
  }),
  route({
    method: 'get',
    path: OF_CONNECTION,
    policy: 'operator',
    name: 'listConnectionTokens',
    summary: 'Lists the tokens of this SCIM connection that were not revoked, the oldest first.',
    answer: pageOf(tokenSchema),
    async handle(context, { params: { org, connection } }) {
      await readConnection(context.deps, org, connection);
      return list(context, org, connection);
    },
  }),
  route({
    method: 'post',
    path: `${OF_CONNECTION}/:id/rotate`,
    policy: 'operator',
    name: 'rotateConnectionToken',
    summary: 'Replaces a token by a new one, shown in this answer; the old one goes on working for 0, 24 or 168 hours.',
    body: rotationBody,
    bodyOptional: true,
    status: 201,
    answer: newTokenSchema,
    refusals: ['token_limit'],
    async handle({ deps, publicUrl }, { params: { org, connection, id }, body }) {
      const { row, token } = await rotateScimToken(deps, org, connection, id, body);
      return { ...viewToken(row), token, baseUrl: baseUrlOf(publicUrl(), org) };
    },
  }),
  route({
    method: 'delete',
    path: `${OF_CONNECTION}/:id`,
    policy: 'operator',
    name: 'revokeConnectionToken',
    summary: 'Revokes a token of this SCIM connection; it is dead at once.',
    status: 204,
    answer: null,
    handle: (context, { params: { org, connection, id } }) => revoke(context, org, connection, id),
  }),
];

async function defaultOf({ deps }: ApiContext, org: string): Promise<string> {
  await readOrganization(deps, org);
  return (await readDefaultConnection(deps, org)).id;
}

async function create({ deps, publicUrl }: ApiContext, org: string, request: Parameters<typeof createScimToken>[2]) {
  await readOrganization(deps, org);
  const { row, token } = await createScimToken(deps, org, request);
  return { ...viewToken(row), token, baseUrl: baseUrlOf(publicUrl(), org) };
}

async function list({ deps }: ApiContext, org: string, connection: string) {
  const tokens = await deps.stores.tokens.list(org);
  const shown = tokens.filter(({ revokedAt, connectionId }) => revokedAt === null && connectionId === connection);
  return { items: shown.map(viewToken), next: null, total: shown.length };
}

async function revoke({ deps: { stores, clock } }: ApiContext, org: string, connection: string, id: string) {
  const mine = (await stores.tokens.list(org)).some((token) => token.id === id && token.connectionId === connection);
  if (!mine || !(await stores.tokens.revoke(org, id, timestamp(clock)))) throw notFound('living token');
}

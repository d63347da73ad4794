import { z } from 'zod';
import { notFound } from '../../core/errors.ts';
import { SCIM_SCOPES, type ScimToken } from '../../core/scim-token.ts';
import { timestamp } from '../../ports/clock.ts';
import { readOrganization } from '../../services/organizations.ts';
import { createScimToken } from '../../services/scim-tokens.ts';
import { instant, title } from '../common-schemas.ts';
import { known } from '../known.ts';
import { pageOf } from '../pagination.ts';
import { type Route, route } from '../route.ts';

const PATH = '/api/organizations/:org/scim-tokens';

const scopes = z.array(z.enum(SCIM_SCOPES));

const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    keyId: z.string().meta({ description: 'The part of the token that is no secret: rcl_scim_<keyId>_…' }),
    scopes,
    expiresAt: instant,
    lastUsedAt: instant.optional(),
    lastUserAgent: z.string().optional(),
    createdAt: instant,
  })
  .meta({ id: 'ScimToken' });

const newTokenSchema = tokenSchema
  .extend({
    token: z.string().meta({ description: 'Shown this once.' }),
    baseUrl: z.string().meta({ description: 'Where the identity provider shall send its requests.' }),
  })
  .meta({ id: 'CreatedScimToken' });

export const scimTokenRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: PATH,
    policy: 'operator',
    name: 'createScimToken',
    summary: 'Makes a SCIM token; it is shown in this answer and never again. Two may live at once.',
    body: z
      .strictObject({
        name: title,
        scopes: scopes.min(1).max(SCIM_SCOPES.length).optional(),
        expiresInDays: z.int().min(1).max(3650).optional(),
      })
      .meta({ id: 'NewScimToken' }),
    status: 201,
    answer: newTokenSchema,
    refusals: ['token_limit'],
    async handle({ deps, publicUrl }, { params: { org }, body }) {
      const distinct = body.scopes && [...new Set(body.scopes)];
      const { row, token } = await createScimToken(deps, org, { ...body, scopes: distinct });
      return { ...view(row), token, baseUrl: `${publicUrl()}/scim/v2/${encodeURIComponent(org)}` };
    },
  }),
  route({
    method: 'get',
    path: PATH,
    policy: 'operator',
    name: 'listScimTokens',
    summary: 'Lists the SCIM tokens that were not revoked, the oldest first.',
    answer: pageOf(tokenSchema),
    async handle({ deps }, { params: { org } }) {
      await readOrganization(deps, org);
      const tokens = await deps.stores.tokens.list(org);
      const items = tokens.filter(({ revokedAt }) => revokedAt === null).map(view);
      return { items, next: null, total: items.length };
    },
  }),
  route({
    method: 'delete',
    path: `${PATH}/:id`,
    policy: 'operator',
    name: 'revokeScimToken',
    summary: 'Revokes a SCIM token; it is dead at once.',
    status: 204,
    answer: null,
    async handle({ deps: { stores, clock } }, { params: { org, id } }) {
      if (!(await stores.tokens.revoke(org, id, timestamp(clock)))) throw notFound('living token');
    },
  }),
];

function view({ id, name, keyId, scopes, expiresAt, lastUsedAt, lastUserAgent, createdAt }: ScimToken) {
  return known({ id, name, keyId, scopes, expiresAt, lastUsedAt, lastUserAgent, createdAt });
}

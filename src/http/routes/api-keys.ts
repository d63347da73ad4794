import { z } from 'zod';
import { API_SCOPES, type ApiKey } from '../../core/api-key.ts';
import { createApiKey, listApiKeys, revokeApiKey, rotateApiKey } from '../../services/api-keys.ts';
import { instant, title } from '../common-schemas.ts';
import { known } from '../known.ts';
import { pageOf } from '../pagination.ts';
import { type Route, route } from '../route.ts';
import { rotationBody } from '../scim-token-view.ts';

const PATH = '/api/organizations/:org/api-keys';

const scopes = z.array(z.enum(API_SCOPES));

const keySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    keyId: z.string().meta({ description: 'The part of the key that is no secret: rcl_api_<keyId>_…' }),
    scopes,
    expiresAt: instant,
    lastUsedAt: instant.optional().meta({ description: 'To the minute.' }),
    createdAt: instant,
  })
  .meta({ id: 'ApiKey' });

const newKeySchema = keySchema
  .extend({ key: z.string().meta({ description: 'Shown this once.' }) })
  .meta({ id: 'CreatedApiKey' });

const keyBody = z
  .strictObject({
    name: title,
    scopes: scopes.min(1).transform((named) => [...new Set(named)]),
    expiresInDays: z.int().min(1).max(3650).optional(),
  })
  .meta({ id: 'NewApiKey' });

/** Keys make no keys: these rows are the operator's alone. */
export const apiKeyRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: PATH,
    policy: 'operator',
    name: 'createApiKey',
    summary: 'Makes a key of this organization; it is shown in this answer and never again. Two of a name may live.',
    body: keyBody,
    status: 201,
    answer: newKeySchema,
    refusals: ['token_limit', 'stale'],
    async handle({ deps }, { params: { org }, body }) {
      const { row, key } = await createApiKey(deps, org, body);
      return { ...view(row), key };
    },
  }),
  route({
    method: 'get',
    path: PATH,
    policy: 'operator',
    name: 'listApiKeys',
    summary: 'Lists the keys of this organization that were not revoked, the oldest first.',
    answer: pageOf(keySchema),
    async handle({ deps }, { params: { org } }) {
      const keys = await listApiKeys(deps, org);
      return { items: keys.map(view), next: null, total: keys.length };
    },
  }),
  route({
    method: 'post',
    path: `${PATH}/:id/rotate`,
    policy: 'operator',
    name: 'rotateApiKey',
    summary: 'Replaces a key by a new one, shown in this answer; the old one goes on working for 0, 24 or 168 hours.',
    body: rotationBody,
    bodyOptional: true,
    status: 201,
    answer: newKeySchema,
    refusals: ['token_limit', 'stale'],
    async handle({ deps }, { params: { org, id }, body }) {
      const { row, key } = await rotateApiKey(deps, org, id, body);
      return { ...view(row), key };
    },
  }),
  route({
    method: 'delete',
    path: `${PATH}/:id`,
    policy: 'operator',
    name: 'revokeApiKey',
    summary: 'Revokes a key; it is dead at once.',
    status: 204,
    answer: null,
    refusals: ['stale'],
    handle: ({ deps }, { params: { org, id } }) => revokeApiKey(deps, org, id),
  }),
];

function view({ id, name, keyId, scopes, expiresAt, lastUsedAt, createdAt }: ApiKey) {
  return known({ id, name, keyId, scopes, expiresAt, lastUsedAt, createdAt });
}

import { z } from 'zod';
import { SCIM_SCOPES, type ScimToken } from '../core/scim-token.ts';
import { GRACE_HOURS } from '../services/scim-tokens.ts';
import { instant, title } from './common-schemas.ts';
import { known } from './known.ts';

export const scopes = z.array(z.enum(SCIM_SCOPES));

/** What a token may do and for how long; each scope counts once. */
export const someScopes = scopes
  .min(1)
  .max(SCIM_SCOPES.length)
  .transform((named) => [...new Set(named)])
  .optional();

const lifeDays = z.int().min(1).max(3650).optional();

export const tokenSchema = z
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

export const newTokenSchema = tokenSchema
  .extend({
    token: z.string().meta({ description: 'Shown this once.' }),
    baseUrl: z.string().meta({ description: 'Where the identity provider shall send its requests.' }),
  })
  .meta({ id: 'CreatedScimToken' });

export const tokenBody = z
  .strictObject({ name: title, scopes: someScopes, expiresInDays: lifeDays })
  .meta({ id: 'NewScimToken' });

export const rotationBody = z
  .strictObject({
    graceHours: z.literal(GRACE_HOURS).default(24).meta({ description: 'How long the old token goes on working.' }),
    expiresInDays: lifeDays,
  })
  .meta({ id: 'ScimTokenRotation' });

/** A token as it is listed, never the token itself. */
export function viewToken({ id, name, keyId, scopes, expiresAt, lastUsedAt, lastUserAgent, createdAt }: ScimToken) {
  return known({ id, name, keyId, scopes, expiresAt, lastUsedAt, lastUserAgent, createdAt });
}

/** Where the identity providers of an organization send their requests. */
export const baseUrlOf = (publicUrl: string, organizationId: string): string =>
  `${publicUrl}/scim/v2/${encodeURIComponent(organizationId)}`;

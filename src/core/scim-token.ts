export type ScimScope = 'scim:read' | 'scim:users' | 'scim:groups';
export const SCIM_SCOPES: readonly ScimScope[] = ['scim:read', 'scim:users', 'scim:groups'];

/** A bearer token of a SCIM connection, as stored: the token itself is shown once and never kept. */
export interface ScimToken {
  readonly id: string;
  readonly organizationId: string;
  readonly connectionId: string;
  readonly name: string;
  /** The part of the token that finds this row; no secret. */
  readonly keyId: string;
  /** HMAC-SHA-256 of the whole token under the pepper, hex. */
  readonly digest: string;
  readonly scopes: readonly ScimScope[];
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  readonly lastUserAgent: string | null;
  readonly createdAt: string;
}

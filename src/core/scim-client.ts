import type { ScimScope } from './scim-token.ts';

/** A client of a SCIM connection that gets its access tokens by OAuth client credentials (RFC 6749 §4.4). */
export interface ScimClient {
  /** Also its `client_id`. */
  readonly id: string;
  readonly organizationId: string;
  readonly connectionId: string;
  readonly name: string;
  readonly version: number;
  /** The most its access tokens may do. */
  readonly scopes: readonly ScimScope[];
  readonly secrets: readonly ClientSecret[];
  readonly revokedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A secret of a client, as stored: the text itself is shown once and never kept. */
export interface ClientSecret {
  /** The part of the text that finds it; not secret. */
  readonly id: string;
  /** HMAC-SHA-256 of the whole text under the pepper, hex. */
  readonly digest: string;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
  readonly createdAt: string;
}

/** Secrets of a client that may live at once: the one in use and the one that replaces it. */
export const MOST_LIVING_SECRETS = 2;

/** The secrets that have not expired at a time in milliseconds; none of a client that was revoked. */
export function livingSecrets({ secrets, revokedAt }: ScimClient, now: number): readonly ClientSecret[] {
  return revokedAt === null ? secrets.filter(({ expiresAt }) => Date.parse(expiresAt) > now) : [];
}

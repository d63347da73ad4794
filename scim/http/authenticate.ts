import type { ScimScope } from '../../src/core/scim-token.ts';
import { CONNECTION_OFF } from '../../src/services/provision.ts';
import { ScimError } from '../messages/scim-error.ts';
import type { Authenticate, ScimPrincipal } from './principal.ts';

const BEARER = /^bearer +([^\s]+) *$/i;

/** The token of an Authorization header; null when there is none in it. */
export function bearerToken(header: string | undefined): string | null {
  return BEARER.exec(header ?? '')?.[1] ?? null;
}

/**
 * Finds out who asks. The token decides the organization; throws 401 with `WWW-Authenticate` (RFC 6750) without a living token, and
 * also when the path names another organization than the token's, and 403 while its connection is switched off.
 */
export async function authenticated(
  authenticate: Authenticate,
  header: string | undefined,
  userAgent: string | undefined,
  organizationId: string | undefined,
): Promise<ScimPrincipal> {
  const token = bearerToken(header);
  if (token === null) throw challenge(401, 'send the token of a SCIM connection as Authorization: Bearer', '');
  const principal = await authenticate(token, userAgent ?? null);
  const isForeign = principal !== null && organizationId !== undefined && principal.organizationId !== organizationId;
  if (!principal || isForeign)
    throw challenge(401, 'the token is not valid for this organization', ', error="invalid_token"');
  if (principal.enabled === false) throw new ScimError(403, CONNECTION_OFF);
  return principal;
}

/** Throws 403 when the token was not made for this, and says what it would have to be made for (RFC 6750 §3.1). */
export function checkScope({ scopes }: ScimPrincipal, scope: ScimScope): void {
  if (!scopes.includes(scope))
    throw challenge(403, `the token lacks the scope ${scope}`, `, error="insufficient_scope", scope="${scope}"`);
}

function challenge(status: 401 | 403, message: string, error: string): ScimError {
  return new ScimError(status, message, undefined, { 'WWW-Authenticate': `Bearer realm="SCIM"${error}` });
}

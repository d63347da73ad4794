import { authenticateAccessToken } from './access-tokens.ts';
import type { ClientDependencies } from './scim-clients.ts';
import { type AuthenticatedToken, authenticateScimToken } from './scim-tokens.ts';

/** Tells for whom a bearer token of either kind speaks; null for anything else. */
export async function authenticateScim(
  deps: ClientDependencies,
  text: string,
  userAgent: string | null,
): Promise<AuthenticatedToken | null> {
  return (await authenticateScimToken(deps, text, userAgent)) ?? authenticateAccessToken(deps, text);
}

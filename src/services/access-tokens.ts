import { accessTokenBody, formatAccessToken, parseAccessToken } from '../core/access-token-format.ts';
import { AppError, isAppError } from '../core/errors.ts';
import { type ClientSecret, livingSecrets, type ScimClient } from '../core/scim-client.ts';
import type { ScimConnection } from '../core/scim-connection.ts';
import type { ScimScope } from '../core/scim-token.ts';
import { parseToken } from '../core/scim-token-format.ts';
import { timestamp } from '../ports/clock.ts';
import { isSameDigest } from './same-digest.ts';
import type { ClientDependencies } from './scim-clients.ts';
import type { AuthenticatedToken } from './scim-tokens.ts';

/** Seconds an access token lives. */
const ACCESS_TOKEN_LIFE = 3_600;
/** How often the last use of a secret is written down at most. */
const TOUCH_EVERY_MS = 60_000;

/** A client that has shown a living secret of its own. */
export interface AuthenticatedClient {
  readonly client: ScimClient;
  readonly connection: ScimConnection;
  readonly secret: ClientSecret;
}

export interface AccessToken {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly scopes: readonly ScimScope[];
}

/** Tells whether id and secret are those of a living client. Whatever was sent is hashed and compared, the client known or not. */
export async function authenticateClient(
  deps: ClientDependencies,
  clientId: string,
  text: string,
): Promise<AuthenticatedClient | null> {
  const found = await deps.stores.clients.find(clientId);
  const keyId = parseToken(text, 'rcl_secret')?.keyId;
  const secret = found && livingSecrets(found.client, deps.clock.now()).find(({ id }) => id === keyId);
  const matches = isSameDigest(deps.secrets.digest(text), secret?.digest ?? deps.secrets.digest(''));
  return found && secret && matches ? { ...found, secret } : null;
}

/**
 * Makes an access token for a client: signed and kept nowhere, alive for an hour, and no longer than the secret it was got with.
 * Throws `forbidden` while the connection is switched off.
 */
export async function issueAccessToken(
  deps: ClientDependencies,
  { client, connection, secret }: AuthenticatedClient,
  scopes: readonly ScimScope[],
): Promise<AccessToken> {
  if (!connection.enabled) throw new AppError('forbidden', 'this SCIM connection is switched off');
  const now = Math.floor(deps.clock.now() / 1_000);
  const expires = Math.min(now + ACCESS_TOKEN_LIFE, Math.floor(Date.parse(secret.expiresAt) / 1_000));
  const body = accessTokenBody({ clientId: client.id, secretId: secret.id, scopes, expires });
  await noteUse(deps, client, secret);
  return { token: formatAccessToken(body, deps.secrets.digest(body)), expiresIn: expires - now, scopes };
}

/** Tells whose access token this is; null for anything but a living one, whose secret lives too. */
export async function authenticateAccessToken(
  { stores, secrets, clock }: ClientDependencies,
  text: string,
): Promise<AuthenticatedToken | null> {
  const parsed = parseAccessToken(text);
  if (!parsed || !isSameDigest(secrets.digest(parsed.body), parsed.signature)) return null;
  const { clientId, secretId, scopes, expires } = parsed.claims;
  if (expires * 1_000 <= clock.now()) return null;
  const found = await stores.clients.find(clientId);
  if (!found || !livingSecrets(found.client, clock.now()).some(({ id }) => id === secretId)) return null;
  const { client, connection } = found;
  return {
    organizationId: client.organizationId,
    connectionId: connection.id,
    scopes: scopes.filter((scope) => client.scopes.includes(scope)),
    tokenId: client.id,
    dialect: connection.dialect,
    quietPatch: connection.quietPatch,
    enabled: connection.enabled,
  };
}

/** Shows an admin who rotates which secret is still in use. Somebody else's change at the same time goes before. */
async function noteUse({ stores, clock }: ClientDependencies, client: ScimClient, used: ClientSecret): Promise<void> {
  const last = used.lastUsedAt === null ? 0 : Date.parse(used.lastUsedAt);
  if (clock.now() - last < TOUCH_EVERY_MS) return;
  const touched = { ...used, lastUsedAt: timestamp(clock) };
  const others = client.secrets.map((secret) => (secret.id === used.id ? touched : secret));
  try {
    await stores.clients.save({ ...client, secrets: others, version: client.version + 1 });
  } catch (error) {
    if (!isAppError(error, 'stale')) throw error;
  }
}

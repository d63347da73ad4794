import { randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import { SCIM_SCOPES, type ScimConnection, type ScimScope, type ScimToken } from '../core/scim-token.ts';
import { formatToken, makeTokenParts, parseToken } from '../core/scim-token-format.ts';
import { timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { DEFAULT_CONNECTION, readOrganization } from './organizations.ts';

const DAY_MS = 24 * 3_600_000;
const DEFAULT_LIFE_DAYS = 365;
/** How often the last use of a token is written down at most. */
const TOUCH_EVERY_MS = 60_000;

export interface TokenRequest {
  readonly name: string;
  readonly scopes?: readonly ScimScope[] | undefined;
  readonly expiresInDays?: number | undefined;
}

/** Who a valid token speaks for. */
export interface AuthenticatedToken {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly scopes: readonly ScimScope[];
  readonly tokenId: string;
  readonly dialect: ScimConnection['dialect'];
}

type TokenDependencies = Pick<Dependencies, 'stores' | 'secrets' | 'clock' | 'identifiers'>;

/**
 * Makes a token for the organization's default SCIM connection. The token is in the answer and nowhere else, ever.
 *
 * Throws `token_limit` while two tokens of the connection are alive.
 */
export async function createScimToken(
  deps: TokenDependencies,
  organizationId: string,
  { name, scopes = SCIM_SCOPES, expiresInDays = DEFAULT_LIFE_DAYS }: TokenRequest,
): Promise<{ readonly row: ScimToken; readonly token: string }> {
  await readOrganization(deps, organizationId);
  const connections = await deps.stores.tokens.connections(organizationId);
  const connection = connections.find((candidate) => candidate.name === DEFAULT_CONNECTION);
  if (!connection) throw new AppError('not_found', 'no such SCIM connection');
  const { keyId, secret } = makeTokenParts(randomBytes(256));
  const token = formatToken(keyId, secret);
  const row: ScimToken = {
    id: deps.identifiers.next(),
    organizationId,
    connectionId: connection.id,
    name,
    keyId,
    digest: deps.secrets.digest(token),
    scopes,
    expiresAt: new Date(deps.clock.now() + expiresInDays * DAY_MS).toISOString(),
    revokedAt: null,
    lastUsedAt: null,
    lastUserAgent: null,
    createdAt: timestamp(deps.clock),
  };
  await deps.stores.tokens.insert(row);
  return { row, token };
}

/**
 * Tells whose token this is; null for anything that is not a living token. Asks the store every time: a revoked token is dead at
 * once. Whatever was sent is hashed and compared, the key known or not.
 */
export async function authenticateScimToken(
  deps: TokenDependencies,
  text: string,
  userAgent: string | null,
): Promise<AuthenticatedToken | null> {
  const parsed = parseToken(text);
  if (!parsed) return null;
  const found = await deps.stores.tokens.findByKeyId(parsed.keyId);
  const digest = Buffer.from(deps.secrets.digest(text));
  const expected = Buffer.from(found?.token.digest ?? deps.secrets.digest(''));
  const matches = digest.length === expected.length && timingSafeEqual(digest, expected);
  if (!found || !matches) return null;
  const { token, connection } = found;
  if (token.revokedAt !== null || Date.parse(token.expiresAt) <= deps.clock.now()) return null;
  await noteUse(deps, token, userAgent);
  return {
    organizationId: token.organizationId,
    connectionId: connection.id,
    scopes: token.scopes,
    tokenId: token.id,
    dialect: connection.dialect,
  };
}

async function noteUse(deps: TokenDependencies, token: ScimToken, userAgent: string | null): Promise<void> {
  const last = token.lastUsedAt === null ? 0 : Date.parse(token.lastUsedAt);
  if (deps.clock.now() - last < TOUCH_EVERY_MS) return;
  await deps.stores.tokens.touch(token.id, timestamp(deps.clock), userAgent?.slice(0, 200) ?? null);
}

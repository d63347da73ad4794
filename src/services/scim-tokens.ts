import { randomBytes } from 'node:crypto';
import { notFound } from '../core/errors.ts';
import type { ScimConnection } from '../core/scim-connection.ts';
import { SCIM_SCOPES, type ScimScope, type ScimToken } from '../core/scim-token.ts';
import { formatToken, makeTokenParts, parseToken } from '../core/scim-token-format.ts';
import { hoursAfter, timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { isSameDigest } from './same-digest.ts';
import { readConnection, readDefaultConnection } from './scim-connections.ts';

const DEFAULT_LIFE_DAYS = 365;
/** How often the last use of a token is written down at most. */
const TOUCH_EVERY_MS = 60_000;

export interface TokenRequest {
  /** The connection the organization started with, unless told. */
  readonly connectionId?: string | undefined;
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
  readonly quietPatch: boolean;
  /** Whether the connection is switched on. */
  readonly enabled: boolean;
}

type TokenDependencies = Pick<Dependencies, 'stores' | 'secrets' | 'clock' | 'identifiers'>;

/**
 * Makes a token for a SCIM connection. The token is in the answer and nowhere else, ever.
 *
 * Throws `token_limit` while two tokens of the connection are alive.
 */
export async function createScimToken(
  deps: TokenDependencies,
  organizationId: string,
  request: TokenRequest,
): Promise<MadeToken> {
  const { connectionId } = request;
  const connection = connectionId
    ? await readConnection(deps, organizationId, connectionId)
    : await readDefaultConnection(deps, organizationId);
  const made = makeToken(deps, connection, request);
  await deps.stores.tokens.insert(made.row);
  return made;
}

/** Hours for which a token that was replaced goes on working: not at all, a day, a week. */
export const GRACE_HOURS = [0, 24, 168] as const;

/**
 * Replaces a living token by a new one of the same name and scopes; the old one ends after the grace. Both are one write, so that
 * there is never none. Throws `not_found` for a token that does not live, `token_limit` when a third one would.
 */
export async function rotateScimToken(
  deps: TokenDependencies,
  organizationId: string,
  connectionId: string,
  id: string,
  { graceHours, expiresInDays }: { readonly graceHours: number; readonly expiresInDays?: number | undefined },
): Promise<MadeToken> {
  const connection = await readConnection(deps, organizationId, connectionId);
  const former = (await deps.stores.tokens.list(organizationId)).find((token) => token.id === id);
  if (former?.connectionId !== connectionId) throw notFound('living token');
  const made = makeToken(deps, connection, { ...former, expiresInDays });
  const expiresAt = hoursAfter(made.row.createdAt, graceHours);
  await deps.stores.tokens.insert(made.row, { id, expiresAt });
  return made;
}

interface MadeToken {
  readonly row: ScimToken;
  readonly token: string;
}

function makeToken(
  deps: TokenDependencies,
  { id: connectionId, organizationId }: ScimConnection,
  { name, scopes = SCIM_SCOPES, expiresInDays = DEFAULT_LIFE_DAYS }: TokenRequest,
): MadeToken {
  const { keyId, secret } = makeTokenParts(randomBytes(256));
  const token = formatToken(keyId, secret);
  const createdAt = timestamp(deps.clock);
  const row: ScimToken = {
    id: deps.identifiers.next(),
    organizationId,
    connectionId,
    name,
    keyId,
    digest: deps.secrets.digest(token),
    scopes,
    expiresAt: hoursAfter(createdAt, expiresInDays * 24),
    revokedAt: null,
    lastUsedAt: null,
    lastUserAgent: null,
    createdAt,
  };
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
  const matches = isSameDigest(deps.secrets.digest(text), found?.token.digest ?? deps.secrets.digest(''));
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
    quietPatch: connection.quietPatch,
    enabled: connection.enabled,
  };
}

async function noteUse(deps: TokenDependencies, token: ScimToken, userAgent: string | null): Promise<void> {
  const last = token.lastUsedAt === null ? 0 : Date.parse(token.lastUsedAt);
  if (deps.clock.now() - last < TOUCH_EVERY_MS) return;
  await deps.stores.tokens.touch(token.id, timestamp(deps.clock), userAgent?.slice(0, 200) ?? null);
}

import { randomBytes } from 'node:crypto';
import { API_SCOPES, type ApiKey, type ApiKeyRing, type ApiScope, withKey, withRevoked } from '../core/api-key.ts';
import { notFound, stale } from '../core/errors.ts';
import { formatToken, makeTokenParts } from '../core/scim-token-format.ts';
import { hoursAfter, timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { wasFirst } from './lost-races.ts';
import { readOrganization } from './organizations.ts';

const DEFAULT_LIFE_DAYS = 365;
/** How often keys that somebody else changes meanwhile are read anew. */
const TRIES = 20;

export type ApiKeyDependencies = Pick<Dependencies, 'stores' | 'secrets' | 'clock' | 'identifiers'>;

export interface ApiKeyRequest {
  readonly name: string;
  /** All of them, unless told. */
  readonly scopes?: readonly ApiScope[] | undefined;
  readonly expiresInDays?: number | undefined;
}

export interface MadeApiKey {
  readonly row: ApiKey;
  /** In this answer and nowhere else, ever. */
  readonly key: string;
}

/** Makes a key of an organization. Throws `not_found`, and `token_limit` while two keys of the name are alive. */
export async function createApiKey(
  deps: ApiKeyDependencies,
  organizationId: string,
  request: ApiKeyRequest,
): Promise<MadeApiKey> {
  await readOrganization(deps, organizationId);
  const made = makeKey(deps, organizationId, request);
  await changeRing(deps, organizationId, (ring) => withKey(ring, made.row));
  return made;
}

/** The keys that were not revoked, the oldest first. */
export async function listApiKeys(deps: ApiKeyDependencies, organizationId: string): Promise<readonly ApiKey[]> {
  await readOrganization(deps, organizationId);
  const { keys } = await deps.stores.apiKeys.get(organizationId);
  return keys.filter(({ revokedAt }) => revokedAt === null);
}

/**
 * Replaces a living key by a new one of the same name and scopes; the old one ends after the grace, in the same write. Throws
 * `not_found` for a key that does not live, `token_limit` when a third of its name would.
 */
export async function rotateApiKey(
  deps: ApiKeyDependencies,
  organizationId: string,
  id: string,
  { graceHours, expiresInDays }: { readonly graceHours: number; readonly expiresInDays?: number | undefined },
): Promise<MadeApiKey> {
  await readOrganization(deps, organizationId);
  const former = (await deps.stores.apiKeys.get(organizationId)).keys.find((key) => key.id === id);
  if (!former) throw notFound('living key');
  const made = makeKey(deps, organizationId, { ...former, expiresInDays });
  const expiresAt = hoursAfter(made.row.createdAt, graceHours);
  await changeRing(deps, organizationId, (ring) => withKey(ring, made.row, { id, expiresAt }));
  return made;
}

/** Ends a key at once; throws `not_found` for one that does not live. */
export async function revokeApiKey(deps: ApiKeyDependencies, organizationId: string, id: string): Promise<void> {
  await readOrganization(deps, organizationId);
  await changeRing(deps, organizationId, (ring) => withRevoked(ring, id, timestamp(deps.clock)));
}

async function changeRing(
  { stores }: ApiKeyDependencies,
  organizationId: string,
  change: (ring: ApiKeyRing) => ApiKeyRing,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const ring = await stores.apiKeys.get(organizationId);
    if (await wasFirst(stores.apiKeys.save({ ...change(ring), version: ring.version + 1 }))) return;
  }
  throw stale('these keys');
}

function makeKey(
  deps: ApiKeyDependencies,
  organizationId: string,
  { name, scopes = API_SCOPES, expiresInDays = DEFAULT_LIFE_DAYS }: ApiKeyRequest,
): MadeApiKey {
  const { keyId, secret } = makeTokenParts(randomBytes(256));
  const key = formatToken(keyId, secret, 'rcl_api');
  const createdAt = timestamp(deps.clock);
  const row: ApiKey = {
    id: deps.identifiers.next(),
    organizationId,
    name,
    keyId,
    digest: deps.secrets.digest(key),
    scopes,
    expiresAt: hoursAfter(createdAt, expiresInDays * 24),
    revokedAt: null,
    lastUsedAt: null,
    createdAt,
  };
  return { row, key };
}

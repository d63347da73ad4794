import { AppError, notFound } from './errors.ts';
import { fold } from './fold.ts';

/** What a key of an organization may open; each by itself, none includes another. */
export const API_SCOPES = ['people:read', 'people:write', 'sign-ins', 'settings'] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** A key of an organization for this API, as stored: the key itself is shown once and never kept. */
export interface ApiKey {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  /** The part of the key that finds it; no secret. */
  readonly keyId: string;
  /** HMAC-SHA-256 of the whole key under the pepper, hex. */
  readonly digest: string;
  readonly scopes: readonly ApiScope[];
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  readonly createdAt: string;
}

/** All keys of an organization, the oldest first: one document, so that what may live at once is decided in one write. */
export interface ApiKeyRing {
  readonly organizationId: string;
  /** 0 = never saved. */
  readonly version: number;
  readonly keys: readonly ApiKey[];
}

/** Keys of one name that may live at once: the one in use and the one that replaces it. */
const MOST_OF_A_NAME = 2;
/** Keys of an organization that may live at once. */
const MOST_LIVING = 100;
/** Dead keys an organization is reminded of. */
const MOST_DEAD = 100;

export function isLiving({ revokedAt, expiresAt }: ApiKey, at: string): boolean {
  return revokedAt === null && expiresAt > at;
}

/**
 * The ring with one key more. With `replaced`, the living key of that id ends at that time, never later than it would have.
 *
 * Throws `not_found` for a replaced key that does not live, `token_limit` when too many would.
 */
export function withKey(
  ring: ApiKeyRing,
  key: ApiKey,
  replaced?: { readonly id: string; readonly expiresAt: string },
): ApiKeyRing {
  if (replaced && !ring.keys.some((one) => one.id === replaced.id && isLiving(one, key.createdAt)))
    throw notFound('living key');
  const end = (one: ApiKey) =>
    replaced?.id === one.id && replaced.expiresAt < one.expiresAt ? { ...one, expiresAt: replaced.expiresAt } : one;
  const keys = ring.keys.map(end);
  const living = keys.filter((one) => isLiving(one, key.createdAt));
  if (living.filter(({ name }) => fold(name) === fold(key.name)).length >= MOST_OF_A_NAME)
    throw new AppError('token_limit', 'two keys of this name are alive already; revoke one first');
  if (living.length >= MOST_LIVING)
    throw new AppError('token_limit', `${MOST_LIVING} keys of this organization are alive already; revoke one first`);
  const dead = keys.filter((one) => !isLiving(one, key.createdAt)).slice(-MOST_DEAD);
  const kept = keys.filter((one) => living.includes(one) || dead.includes(one));
  return { ...ring, keys: [...kept, key] };
}

/** The ring with a living key dead at once; throws `not_found` when there is none of that id. */
export function withRevoked(ring: ApiKeyRing, id: string, at: string): ApiKeyRing {
  if (!ring.keys.some((key) => key.id === id && isLiving(key, at))) throw notFound('living key');
  return withChanged(ring, id, { revokedAt: at });
}

export function withChanged(ring: ApiKeyRing, id: string, change: Partial<ApiKey>): ApiKeyRing {
  return { ...ring, keys: ring.keys.map((key) => (key.id === id ? { ...key, ...change } : key)) };
}

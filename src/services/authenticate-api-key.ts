import { type ApiKey, isLiving, withChanged } from '../core/api-key.ts';
import { parseToken } from '../core/scim-token-format.ts';
import { timestamp } from '../ports/clock.ts';
import type { ApiKeyDependencies } from './api-keys.ts';
import { wasFirst } from './lost-races.ts';
import { isSameDigest } from './same-digest.ts';

/** How often the last use of a key is written down at most. */
const TOUCH_EVERY_MS = 60_000;

type AuthenticationDependencies = Omit<ApiKeyDependencies, 'identifiers'>;

/**
 * Tells whose key this is; null for anything that is not a living key. Asks the store every time: a revoked key is dead at once.
 * Whatever was sent is hashed and compared, the key known or not.
 */
export async function authenticateApiKey(deps: AuthenticationDependencies, text: string): Promise<ApiKey | null> {
  const parsed = parseToken(text, 'rcl_api');
  if (!parsed) return null;
  const key = await deps.stores.apiKeys.find(parsed.keyId);
  const matches = isSameDigest(deps.secrets.digest(text), key?.digest ?? deps.secrets.digest(''));
  if (!key || !matches || !isLiving(key, timestamp(deps.clock))) return null;
  await noteUse(deps, key);
  return key;
}

/** Somebody else's change at the same time goes before. */
async function noteUse({ stores, clock }: AuthenticationDependencies, key: ApiKey): Promise<void> {
  const last = key.lastUsedAt === null ? 0 : Date.parse(key.lastUsedAt);
  if (clock.now() - last < TOUCH_EVERY_MS) return;
  const ring = await stores.apiKeys.get(key.organizationId);
  const touched = withChanged(ring, key.id, { lastUsedAt: timestamp(clock) });
  await wasFirst(stores.apiKeys.save({ ...touched, version: ring.version + 1 }));
}

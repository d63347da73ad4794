import type { ApiKey, ApiKeyRing } from '../core/api-key.ts';

export interface ApiKeyStore {
  /** Version 0, without keys, for an organization that has none. */
  get(organizationId: string): Promise<ApiKeyRing>;
  /** Compare-and-swap: the stored version (0 without one) must be `ring.version - 1`, else `stale`. */
  save(ring: ApiKeyRing): Promise<void>;
  /** By the part of the key that is no secret, whosever it is; never out of date. */
  find(keyId: string): Promise<ApiKey | null>;
}

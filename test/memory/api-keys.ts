import type { ApiKeyRing } from '../../src/core/api-key.ts';
import { stale } from '../../src/core/errors.ts';
import type { ApiKeyStore } from '../../src/ports/api-key-store.ts';

/** Keys of organizations in memory. */
export function createMemoryApiKeys(): ApiKeyStore {
  const rings = new Map<string, ApiKeyRing>();
  return {
    get: async (organizationId) => rings.get(organizationId) ?? { organizationId, version: 0, keys: [] },
    async save(ring) {
      if ((rings.get(ring.organizationId)?.version ?? 0) !== ring.version - 1) throw stale('these keys');
      rings.set(ring.organizationId, ring);
    },
    find: async (keyId) => [...rings.values()].flatMap(({ keys }) => keys).find((key) => key.keyId === keyId) ?? null,
  };
}

import type { DeactivationWatch } from '../../src/core/deactivation-watch.ts';
import { stale } from '../../src/core/errors.ts';
import type { WatchStore } from '../../src/ports/stores.ts';

/** Deactivations by SCIM connections in memory. */
export function createMemoryWatches(): WatchStore {
  const rows = new Map<string, DeactivationWatch>();
  const keyOf = (organization: string, connection: string): string => `${organization}/${connection}`;
  return {
    get: async (organization, connection) => rows.get(keyOf(organization, connection)) ?? null,
    async save(watch) {
      const key = keyOf(watch.organizationId, watch.connectionId);
      if ((rows.get(key)?.version ?? 0) !== watch.version - 1) throw stale('this watch');
      rows.set(key, watch);
    },
  };
}

import type { Bulk } from '../../src/core/bulk.ts';
import { stale } from '../../src/core/errors.ts';
import type { BulkPageKey, BulkStore } from '../../src/ports/bulk-store.ts';

/** Actions on many people, in memory. */
export function createMemoryBulks(): BulkStore {
  const rows = new Map<string, Bulk>();
  const pages = new Map<string, string>();
  const keyOf = ({ organizationId, bulkId, part, page }: BulkPageKey) => `${organizationId}/${bulkId}/${part}/${page}`;
  return {
    async save(bulk) {
      const key = `${bulk.organizationId}/${bulk.id}`;
      if ((rows.get(key)?.version ?? 0) !== bulk.version - 1) throw stale('this bulk action');
      rows.set(key, bulk);
    },
    get: async (organization, id) => rows.get(`${organization}/${id}`) ?? null,
    running: async (limit) => [...rows.values()].filter(({ state }) => state === 'running').slice(0, limit),
    expired: async (by, limit) =>
      [...rows.values()]
        .filter(({ state, expiresAt }) => state !== 'running' && expiresAt !== null && expiresAt <= by)
        .slice(0, limit),
    async addPage(page) {
      const key = keyOf(page);
      if (!pages.has(key)) pages.set(key, page.text);
      return pages.get(key) as string;
    },
    page: async (key) => pages.get(keyOf(key)) ?? null,
    async erase(organization, id) {
      for (const key of pages.keys()) if (key.startsWith(`${organization}/${id}/`)) pages.delete(key);
    },
  };
}

import { type Bulk, isUnderWay } from '../../src/core/bulk.ts';
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
    async list(organization, cursor, limit) {
      const all = [...rows.values()]
        .filter(({ organizationId, id }) => organizationId === organization && (cursor === null || id < cursor))
        .sort((left, right) => (left.id < right.id ? 1 : -1));
      const items = all.slice(0, limit);
      return { items, next: all.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    running: async (limit) => [...rows.values()].filter(isUnderWay).slice(0, limit),
    expired: async (by, limit) =>
      [...rows.values()]
        .filter((bulk) => !isUnderWay(bulk) && bulk.expiresAt !== null && bulk.expiresAt <= by)
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

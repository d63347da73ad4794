import { stale } from '../../src/core/errors.ts';
import { type Import, isUnfinished } from '../../src/core/import.ts';
import type { ImportPartKey, ImportStore } from '../../src/ports/import-store.ts';

/** CSV files on their way in, in memory. */
export function createMemoryImports(): ImportStore {
  const imports = new Map<string, Import>();
  const parts = new Map<string, string>();
  const keyOf = ({ organizationId, importId, part, page }: ImportPartKey) =>
    `${organizationId}/${importId}/${part}/${page}`;
  const sorted = () => [...imports.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
  return {
    async save(entry) {
      const key = `${entry.organizationId}/${entry.id}`;
      if ((imports.get(key)?.version ?? 0) !== entry.version - 1) throw stale('this import');
      imports.set(key, entry);
    },
    get: async (organization, id) => imports.get(`${organization}/${id}`) ?? null,
    async list(organization, cursor, limit) {
      const all = sorted()
        .reverse()
        .filter(({ organizationId, id }) => organizationId === organization && (cursor === null || id < cursor));
      const items = all.slice(0, limit);
      return { items, next: all.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    unfinished: async (limit) => sorted().filter(isUnfinished).slice(0, limit),
    expired: async (by, limit) =>
      sorted()
        .filter(({ expiresAt }) => expiresAt !== null && expiresAt <= by)
        .slice(0, limit),
    async putPart(part) {
      parts.set(keyOf(part), part.text);
    },
    async addPart(part) {
      const kept = parts.get(keyOf(part)) ?? part.text;
      parts.set(keyOf(part), kept);
      return kept;
    },
    part: async (key) => parts.get(keyOf(key)) ?? null,
    async remove(organization, id) {
      imports.delete(`${organization}/${id}`);
      for (const key of parts.keys()) if (key.startsWith(`${organization}/${id}/`)) parts.delete(key);
    },
    async erase(organization, id, part) {
      const start = `${organization}/${id}/${part === undefined ? '' : `${part}/`}`;
      for (const key of parts.keys()) if (key.startsWith(start)) parts.delete(key);
    },
  };
}

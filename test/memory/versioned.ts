import { stale } from '../../src/core/errors.ts';

interface Versioned {
  readonly organizationId: string;
  readonly version: number;
}

/** One document for each thing an organization has one of, in memory. */
export function createMemoryDocuments<T extends Versioned>(key: string & keyof T, what: string) {
  const rows = new Map<string, T>();
  const keyOf = (organization: string, name: string): string => `${organization}/${name}`;
  return {
    get: async (organization: string, name: string) => rows.get(keyOf(organization, name)) ?? null,
    async save(entry: T) {
      const place = keyOf(entry.organizationId, String(entry[key]));
      if ((rows.get(place)?.version ?? 0) !== entry.version - 1) throw stale(`this ${what}`);
      rows.set(place, entry);
    },
  };
}

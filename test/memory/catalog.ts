import { type CatalogEntry, type CatalogKind, UNIQUELY_NAMED } from '../../src/core/catalog.ts';
import { AppError, stale } from '../../src/core/errors.ts';
import { fold } from '../../src/core/fold.ts';
import type { CatalogStore } from '../../src/ports/catalog-store.ts';

/** What organizations name for their access, in memory. */
export function createMemoryCatalog(): CatalogStore {
  const rows = new Map<string, CatalogEntry>();
  const keyOf = (organization: string, kind: CatalogKind, id: string) => `${organization}/${kind}/${id}`;
  const of = (organization: string, kind: CatalogKind) =>
    [...rows.values()].filter((row) => row.organizationId === organization && row.kind === kind && !row.gone);
  return {
    get: async (organization, kind, id) => rows.get(keyOf(organization, kind, id)) ?? null,
    among: async (organization, kind, ids) => of(organization, kind).filter(({ id }) => ids.includes(id)),
    async amongNames(organization, kind, names) {
      const keys = new Set(names.map(fold));
      return of(organization, kind).filter(({ name }) => UNIQUELY_NAMED.includes(kind) && keys.has(fold(name)));
    },
    async list(organization, kind, cursor, limit) {
      const found = of(organization, kind)
        .filter(({ id }) => id > (cursor ?? ''))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const items = found.slice(0, limit);
      return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    count: async (organization, kind) => of(organization, kind).length,
    async save(entry) {
      const { organizationId, kind, id, name, version } = entry;
      const place = keyOf(organizationId, kind, id);
      if ((rows.get(place)?.version ?? 0) !== version - 1) throw stale(`this ${kind}`);
      const isTaken = of(organizationId, kind).some((other) => other.id !== id && fold(other.name) === fold(name));
      if (UNIQUELY_NAMED.includes(kind) && isTaken && !entry.gone)
        throw new AppError('resource_name_taken', `another ${kind} has this name`);
      rows.set(place, entry);
    },
  };
}

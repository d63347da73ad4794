import { stale } from '../../src/core/errors.ts';
import { type GroupMapping, groupKey } from '../../src/core/group-mapping.ts';
import type { GroupMappingStore } from '../../src/ports/group-mapping-store.ts';

/** What groups give to those in them, in memory. */
export function createMemoryGroupMappings(): GroupMappingStore {
  const rows = new Map<string, GroupMapping>();
  const key = (organization: string, id: string) => `${organization}/${id}`;
  const within = (organization: string) =>
    [...rows.values()]
      .filter(({ organizationId }) => organizationId === organization)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    get: async (organization, id) => rows.get(key(organization, id)) ?? null,
    ofGroups: async (organization, keys) => within(organization).filter(({ group }) => keys.includes(groupKey(group))),
    async save(mapping) {
      const place = key(mapping.organizationId, mapping.id);
      if ((rows.get(place)?.version ?? 0) !== mapping.version - 1) throw stale('this group mapping');
      rows.set(place, mapping);
    },
    async remove(organization, id, version) {
      const place = key(organization, id);
      if (rows.get(place)?.version === version) rows.delete(place);
      return !rows.has(place);
    },
    async list(organization, cursor, limit) {
      const rest = within(organization).filter(({ id }) => id > (cursor ?? ''));
      const items = rest.slice(0, limit);
      return { items, next: rest.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    count: async (organization) => within(organization).length,
  };
}

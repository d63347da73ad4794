import type { Agency } from '../../src/core/agency.ts';
import { stale } from '../../src/core/errors.ts';
import type { AgencyState, AgencyStore } from '../../src/ports/agency-store.ts';

/** Agencies in memory. */
export function createMemoryAgencies(): AgencyStore {
  const rows = new Map<string, Agency>();
  const key = (organization: string, id: string) => `${organization}/${id}`;
  const stateOf = ({ archivedAt }: Agency): AgencyState => (archivedAt === null ? 'active' : 'archived');
  const within = (organization: string, state: AgencyState | null) =>
    [...rows.values()]
      .filter((agency) => agency.organizationId === organization && (state ?? stateOf(agency)) === stateOf(agency))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    get: async (organization, id) => rows.get(key(organization, id)) ?? null,
    getMany: async (organization, ids) => ids.flatMap((id) => rows.get(key(organization, id)) ?? []),
    async save(agency) {
      const place = key(agency.organizationId, agency.id);
      if ((rows.get(place)?.version ?? 0) !== agency.version - 1) throw stale('this agency');
      rows.set(place, agency);
    },
    async remove(organization, id, version) {
      const place = key(organization, id);
      if (rows.get(place)?.version === version) rows.delete(place);
      return !rows.has(place);
    },
    async list(organization, state, cursor, limit) {
      const rest = within(organization, state).filter(({ id }) => id > (cursor ?? ''));
      const items = rest.slice(0, limit);
      return { items, next: rest.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    count: async (organization, state) => within(organization, state).length,
  };
}

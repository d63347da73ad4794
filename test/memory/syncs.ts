import { newSyncState, type PendingRemoval, type SyncState } from '../../src/core/sync-state.ts';
import type { RemovalStore, SyncStateStore } from '../../src/ports/sync-stores.ts';
import { createMemoryDocuments } from './versioned.ts';

/** How integrations fare, in memory. */
export function createMemorySyncStates(): SyncStateStore {
  const { get, save } = createMemoryDocuments<SyncState>('source', 'state');
  return {
    get: async (organization, source) => (await get(organization, source)) ?? newSyncState(organization, source),
    save,
  };
}

/** Absences that wait for their time, in memory. */
export function createMemoryRemovals(): RemovalStore {
  const rows = new Map<string, PendingRemoval>();
  const keyOf = (removal: Pick<PendingRemoval, 'organizationId' | 'source' | 'externalId'>): string =>
    `${removal.organizationId}/${removal.source}/${removal.externalId}`;
  const of = (organization: string, name: string) =>
    [...rows.values()]
      .filter(({ organizationId, source }) => organizationId === organization && source === name)
      .sort((a, b) => (a.externalId < b.externalId ? -1 : 1));
  return {
    async add(removals) {
      for (const removal of removals) if (!rows.has(keyOf(removal))) rows.set(keyOf(removal), removal);
    },
    among: async (organization, source, externalIds) =>
      of(organization, source).filter(({ externalId }) => externalIds.includes(externalId)),
    list: async (organization, source, { dueBy }, afterKey, limit) =>
      of(organization, source)
        .filter(({ externalId, dueAt }) => externalId > (afterKey ?? '') && (dueBy === undefined || dueAt <= dueBy))
        .slice(0, limit),
    count: async (organization, source) => of(organization, source).length,
    async remove(organizationId, source, externalIds) {
      for (const externalId of externalIds) rows.delete(keyOf({ organizationId, source, externalId }));
    },
  };
}

import type { DeactivationWatch } from '../src/core/deactivation-watch.ts';
import { notFound, stale } from '../src/core/errors.ts';
import type { KeptAnswer } from '../src/core/kept-answer.ts';
import type { Organization } from '../src/core/organization.ts';
import type { ArchiveStore } from '../src/ports/archive.ts';
import type { Clock } from '../src/ports/clock.ts';
import type { HistoryStore } from '../src/ports/history-store.ts';
import type { EventStore, IntegrationStore, OrganizationStore, Stores } from '../src/ports/stores.ts';
import { createMemoryAgencies } from './memory/agencies.ts';
import { createMemoryApiKeys } from './memory/api-keys.ts';
import { createMemoryBulks } from './memory/bulks.ts';
import { createMemoryCatalog } from './memory/catalog.ts';
import { createMemoryClients } from './memory/clients.ts';
import { createMemoryConfigurations } from './memory/configurations.ts';
import { createMemoryConflicts } from './memory/conflicts.ts';
import { createMemoryDirectoryGroups } from './memory/directory-groups.ts';
import { createMemoryGroupMappings } from './memory/group-mappings.ts';
import { createMemoryImports } from './memory/imports.ts';
import { createMemoryInterviews } from './memory/interviews.ts';
import { createMemoryResources } from './memory/resources.ts';
import { createMemoryRuns } from './memory/runs.ts';
import { createMemoryRemovals, createMemorySyncStates } from './memory/syncs.ts';
import type { Faults, Tables } from './memory/tables.ts';
import { createMemoryTokens } from './memory/tokens.ts';
import { createMemoryUsers } from './memory/users.ts';
import { createMemoryDocuments } from './memory/versioned.ts';

/**
 * All stores in memory: what the ports promise in the fewest words, for tests that need thousands of stores.
 *
 * Documents are kept as they are given, so whoever changed one in place would be found out. `faults` break promises on purpose.
 */
export function createMemoryStores(clock: Clock, faults: Faults = {}): Stores {
  const tables: Tables = { runs: new Map(), integrations: new Map(), conflicts: [], outbox: [], feed: [], history: [] };
  const tokens = createMemoryTokens();
  const users = createMemoryUsers(tables, faults);
  return {
    users,
    resources: createMemoryResources(users),
    organizations: createMemoryOrganizations(),
    integrations: createMemoryIntegrations(tables),
    runs: createMemoryRuns(tables, clock),
    conflicts: createMemoryConflicts(tables),
    events: createMemoryEvents(tables),
    history: createMemoryHistory(tables),
    configurations: createMemoryConfigurations(),
    tokens,
    agencies: createMemoryAgencies(),
    clients: createMemoryClients(tokens),
    imports: createMemoryImports(),
    apiKeys: createMemoryApiKeys(),
    keptAnswers: { ...createMemoryDocuments<KeptAnswer>('key', 'request'), prune: async () => 0 },
    watches: createMemoryDocuments<DeactivationWatch>('connectionId', 'watch'),
    syncStates: createMemorySyncStates(),
    removals: createMemoryRemovals(),
    interviews: createMemoryInterviews(),
    catalog: createMemoryCatalog(),
    bulks: createMemoryBulks(),
    groupMappings: createMemoryGroupMappings(),
    directoryGroups: createMemoryDirectoryGroups(),
    archive: NO_ARCHIVE,
    async ping() {},
    hasSealed: async () => [...tables.integrations.values()].some(({ sealedCredentials }) => sealedCredentials !== ''),
    async close() {},
  };
}

function notMoved(): never {
  throw new Error('a store in memory is never moved');
}

const NO_ARCHIVE: ArchiveStore = { shelf: notMoved, countLeases: notMoved, move: notMoved, setMove: notMoved };

function createMemoryHistory({ history }: Tables): HistoryStore {
  return {
    list: async (organization, user, belowVersion, limit) =>
      history
        .filter(({ organizationId, userId }) => organizationId === organization && userId === user)
        .filter(({ version }) => belowVersion === null || version < belowVersion)
        .toSorted((left, right) => right.version - left.version)
        .slice(0, limit),
  };
}

function createMemoryOrganizations(): OrganizationStore {
  const rows = new Map<string, Organization>();
  const sorted = (): readonly Organization[] => [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    async insert(organization) {
      if (rows.has(organization.id)) throw stale('this organization');
      rows.set(organization.id, organization);
    },
    async save(organization) {
      if (rows.get(organization.id)?.version !== organization.version - 1) throw stale('this organization');
      rows.set(organization.id, organization);
    },
    get: async (id) => rows.get(id) ?? null,
    async list(cursor, limit) {
      const rest = sorted().filter(({ id }) => id > (cursor ?? ''));
      const items = rest.slice(0, limit);
      return { items, next: rest.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    count: async () => rows.size,
    sweeping: async () => sorted().filter(({ sweep }) => sweep.state === 'running'),
  };
}

function createMemoryIntegrations({ integrations: rows }: Tables): IntegrationStore {
  const key = (organization: string, source: string): string => `${organization} ${source}`;
  return {
    async put(integration) {
      rows.set(key(integration.organizationId, integration.source), integration);
    },
    async save(integration) {
      const place = key(integration.organizationId, integration.source);
      const row = rows.get(place);
      if (!row || (row.revision ?? 1) !== (integration.revision ?? 1) - 1) throw stale('this integration');
      rows.set(place, { ...integration, nextDueAt: row.nextDueAt });
    },
    get: async (organization, source) => rows.get(key(organization, source)) ?? null,
    list: async (organization) => [...rows.values()].filter(({ organizationId }) => organizationId === organization),
    due: async (now, limit) =>
      [...rows.values()]
        .filter(({ nextDueAt }) => nextDueAt !== null && nextDueAt <= now)
        .sort((a, b) => ((a.nextDueAt ?? '') < (b.nextDueAt ?? '') ? -1 : 1))
        .slice(0, limit),
    async claimDue(organization, source, from, to) {
      const row = rows.get(key(organization, source));
      if (row?.nextDueAt !== from) return false;
      rows.set(key(organization, source), { ...row, nextDueAt: to });
      return true;
    },
    async pinTenant(organization, source, tenant) {
      const row = rows.get(key(organization, source));
      if (!row) throw notFound('integration');
      rows.set(key(organization, source), { ...row, tenant: row.tenant ?? tenant });
      return row.tenant ?? tenant;
    },
  };
}

function createMemoryEvents({ outbox, feed }: Tables): EventStore {
  const isKnown = (organizationId: string, id: string): boolean =>
    [...outbox, ...feed].some((known) => known.organizationId === organizationId && known.id === id);
  return {
    async relay(limit) {
      const moved = outbox.splice(0, limit);
      for (const event of moved) {
        const published = feed.filter(({ organizationId }) => organizationId === event.organizationId);
        if (published.some(({ id }) => id === event.id)) continue;
        feed.push({ ...event, sequence: published.length + 1 });
      }
      return moved.length;
    },
    pending: async () => outbox.length,
    list: async (organization, afterSequence, limit) =>
      feed
        .filter(({ organizationId, sequence }) => organizationId === organization && sequence > afterSequence)
        .slice(0, limit),
    async add(event) {
      if (!isKnown(event.organizationId, event.id)) outbox.push(event);
    },
  };
}

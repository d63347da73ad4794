import { stale } from '../../src/core/errors.ts';
import type { ScimClient } from '../../src/core/scim-client.ts';
import type { ClientStore, TokenStore } from '../../src/ports/connection-stores.ts';

/** OAuth clients of SCIM connections in memory. */
export function createMemoryClients(tokens: Pick<TokenStore, 'connection'>): ClientStore {
  const rows = new Map<string, ScimClient>();
  const of = (organization: string) => [...rows.values()].filter((row) => row.organizationId === organization);
  return {
    async insert(client) {
      rows.set(client.id, client);
    },
    async save(client) {
      const former = of(client.organizationId).find(({ id }) => id === client.id);
      if (former?.version !== client.version - 1) throw stale('this client');
      rows.set(client.id, client);
    },
    get: async (organization, id) => of(organization).find((row) => row.id === id) ?? null,
    list: async (organization, connection) =>
      of(organization)
        .filter(({ connectionId }) => connectionId === connection)
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
    async find(id) {
      const client = rows.get(id);
      const connection = client && (await tokens.connection(client.organizationId, client.connectionId));
      return client && connection ? { client, connection } : null;
    },
  };
}

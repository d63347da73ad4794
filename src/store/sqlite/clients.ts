import { stale } from '../../core/errors.ts';
import type { ScimClient } from '../../core/scim-client.ts';
import { type StoredConnection, wholeConnection } from '../../core/scim-connection.ts';
import type { ClientStore } from '../../ports/connection-stores.ts';
import type { Database } from './database.ts';
import { documentOf, documentsOf } from './documents.ts';
import type { Value } from './statements.ts';

export const INSERT_CLIENT =
  'INSERT INTO scim_clients (organization, id, connection, version, document) VALUES (?, ?, ?, ?, ?)';

/** OAuth clients of SCIM connections in SQLite. */
export function createClientStore({ sql }: Database): ClientStore {
  const insert = sql(INSERT_CLIENT);
  const update = sql(`UPDATE scim_clients SET version = ?4, document = ?5
    WHERE organization = ?1 AND id = ?2 AND connection = ?3 AND version = ?4 - 1`);
  const one = sql('SELECT document FROM scim_clients WHERE organization = ? AND id = ?');
  const all = sql('SELECT document FROM scim_clients WHERE organization = ? AND connection = ? ORDER BY id');
  const found = sql(`SELECT l.document, c.document AS connection FROM scim_clients l
    JOIN scim_connections c ON c.organization = l.organization AND c.id = l.connection WHERE l.id = ?`);
  return {
    async insert(client) {
      insert.run(...clientRow(client));
    },
    async save(client) {
      if (update.run(...clientRow(client)).changes === 0) throw stale('this client');
    },
    get: async (organization, id) => documentOf<ScimClient>(one.get(organization, id)),
    list: async (organization, connection) => documentsOf<ScimClient>(all.all(organization, connection)),
    async find(id) {
      const row = found.get(id);
      const client = documentOf<ScimClient>(row);
      if (!row || !client) return null;
      return { client, connection: wholeConnection(JSON.parse(row.connection as string) as StoredConnection) };
    },
  };
}

export function clientRow(client: ScimClient): readonly Value[] {
  const { organizationId, id, connectionId, version } = client;
  return [organizationId, id, connectionId, version, JSON.stringify(client)];
}

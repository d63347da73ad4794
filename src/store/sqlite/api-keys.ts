import type { ApiKeyRing } from '../../core/api-key.ts';
import { stale } from '../../core/errors.ts';
import type { ApiKeyStore } from '../../ports/api-key-store.ts';
import type { Shelf } from '../../ports/archive.ts';
import type { Database } from './database.ts';
import { documentOf } from './documents.ts';
import { AS_WRITTEN, createShelf } from './shelf.ts';

/** Keys of organizations in SQLite. */
export function createApiKeyStore(database: Database): ApiKeyStore {
  const { sql, transaction } = database;
  const one = sql('SELECT document FROM api_key_rings WHERE organization = ?');
  const owner = sql(`SELECT r.document FROM api_keys k JOIN api_key_rings r ON r.organization = k.organization
    WHERE k.key_id = ?`);
  const write = createRingWrites(database);
  return {
    get: async (organizationId) =>
      documentOf<ApiKeyRing>(one.get(organizationId)) ?? { organizationId, version: 0, keys: [] },
    async save(ring) {
      if (!transaction(() => write(ring))) throw stale('these keys');
    },
    async find(keyId) {
      const ring = documentOf<ApiKeyRing>(owner.get(keyId));
      return ring?.keys.find((key) => key.keyId === keyId) ?? null;
    },
  };
}

/** Writes a ring over the one of the version before, inside a transaction; false when that is not what is stored. */
function createRingWrites({ sql }: Database): (ring: ApiKeyRing, asItIs?: boolean) => boolean {
  const insert = sql(
    'INSERT INTO api_key_rings (organization, version, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = sql(`UPDATE api_key_rings SET version = ?2, document = ?3
    WHERE organization = ?1 AND version = ?2 - 1`);
  const forget = sql('DELETE FROM api_keys WHERE organization = ?');
  const name = sql('INSERT INTO api_keys (key_id, organization) VALUES (?, ?)');
  return (ring, asItIs = false) => {
    const { organizationId, version, keys } = ring;
    const statement = asItIs || version === 1 ? insert : update;
    if (statement.run(organizationId, version, JSON.stringify(ring)).changes === 0) return false;
    forget.run(organizationId);
    for (const { keyId } of keys) name.run(keyId, organizationId);
    return true;
  };
}

/** Rings as entries of an archive. */
export function createApiKeyShelf(database: Database): Shelf<ApiKeyRing> {
  return createShelf<ApiKeyRing>(database, {
    ...AS_WRITTEN,
    columns: 'document',
    from: 'api_key_rings',
    toEntry: (row) => JSON.parse(row.document as string),
    insert(rings) {
      const write = createRingWrites(database);
      for (const ring of rings) write(ring, true);
    },
  });
}

import { randomUUID } from 'node:crypto';
import type { ApiKeyRing } from '../../core/api-key.ts';
import type { ApiKeyStore } from '../../ports/api-key-store.ts';
import type { Database } from './database.ts';
import { COLLECTION, type CollectionDeclaration } from './schema.ts';
import { swapRow } from './swap-row.ts';

/** All keys of an organization are one document, found by any of them. */
export const API_KEY_COLLECTIONS: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.apiKeys,
    indexes: [
      {
        name: 'api_key_rings_key',
        key: { keyIds: 1 },
        unique: true,
        partialFilterExpression: { keyIds: { $exists: true } },
      },
    ],
  },
];

export interface RingRow {
  /** The organization. */
  readonly _id: string;
  readonly version: number;
  /** By which a key is found. */
  readonly keyIds: readonly string[];
  /** JSON: nothing is ever looked for in it. */
  readonly document: string;
  readonly writeId: string;
}

/** Keys of organizations in MongoDB. */
export function createApiKeyStore(database: Database): ApiKeyStore {
  const rows = database.collection<RingRow>(COLLECTION.apiKeys);

  return {
    async get(organizationId) {
      const row = await rows.findOne({ _id: organizationId });
      return row ? ringOf(row) : { organizationId, version: 0, keys: [] };
    },
    async save(ring) {
      await swapRow(rows, ringRow(ring), 'these keys');
    },
    async find(keyId) {
      const row = await rows.findOne({ keyIds: keyId });
      return (row && ringOf(row).keys.find((key) => key.keyId === keyId)) ?? null;
    },
  };
}

export function ringRow(ring: ApiKeyRing): RingRow {
  const { organizationId: _id, version, keys } = ring;
  return {
    _id,
    version,
    keyIds: keys.map(({ keyId }) => keyId),
    document: JSON.stringify(ring),
    writeId: randomUUID(),
  };
}

export function ringOf({ document }: Pick<RingRow, 'document'>): ApiKeyRing {
  return JSON.parse(document);
}

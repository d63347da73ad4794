import { randomUUID } from 'node:crypto';
import { stale } from '../../core/errors.ts';
import type { ScimClient } from '../../core/scim-client.ts';
import { wholeConnection } from '../../core/scim-connection.ts';
import type { ClientStore } from '../../ports/connection-stores.ts';
import type { ConnectionRow } from './connections.ts';
import type { Database } from './database.ts';
import { keyOf } from './documents.ts';
import { duplicateIndex } from './mongo-errors.ts';
import { COLLECTION } from './schema.ts';
import { certainly, insistently } from './unknown-results.ts';

export interface ClientRow {
  readonly _id: string;
  readonly organization: string;
  readonly connection: string;
  readonly document: ScimClient;
  /** Random, of the last who saved it. */
  readonly saveId?: string;
}

type Found = Awaited<ReturnType<ClientStore['find']>>;

/** Clients kept at hand, and for how long: what another process revokes is refused here after that. */
const MOST_KNOWN = 1_000;
const KNOWN_MS = 1_000;

/** OAuth clients of SCIM connections in MongoDB. */
export function createClientStore(database: Database, elapsed: () => number = () => performance.now()): ClientStore {
  const rows = database.collection<ClientRow>(COLLECTION.clients);
  const connections = database.collection<ConnectionRow>(COLLECTION.connections);
  const known = new Map<string, { readonly found: Found; readonly readAt: number }>();

  async function read(id: string): Promise<Found> {
    const row = await rows.findOne({ _id: id });
    if (!row) return null;
    const _id = keyOf(row.organization, row.connection);
    const owner = await connections.findOne({ _id }, { projection: { document: 1 } });
    return owner ? { client: row.document, connection: wholeConnection(owner.document) } : null;
  }

  return {
    async insert(client) {
      await insistently(() => rows.insertOne(clientRow(client)).catch(unlessThere));
    },
    async save(document) {
      const { organizationId: organization, id: _id, version } = document;
      const saveId = randomUUID();
      known.clear();
      const saved = await certainly<true>({
        async attempt() {
          const before = { _id, organization, 'document.version': version - 1 };
          const { matchedCount } = await rows.updateOne(before, { $set: { document, saveId } });
          return matchedCount === 1 ? true : null;
        },
        recall: async () => ((await rows.countDocuments({ _id, saveId }, { limit: 1 })) === 1 ? true : null),
      });
      known.clear();
      if (saved === null) throw stale('this client');
    },
    get: async (organization, id) => (await rows.findOne({ _id: id, organization }))?.document ?? null,
    async list(organization, connection) {
      const found = await rows.find({ organization, connection }).sort({ _id: 1 }).toArray();
      return found.map(({ document }) => document);
    },
    async find(id) {
      const readAt = elapsed();
      const atHand = known.get(id);
      if (atHand && readAt - atHand.readAt < KNOWN_MS) return atHand.found;
      known.delete(id);
      const found = await read(id);
      if (!found) return null;
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(id, { found, readAt });
      return found;
    },
  };
}

export function clientRow(document: ScimClient): ClientRow {
  const { id: _id, organizationId: organization, connectionId: connection } = document;
  return { _id, organization, connection, document };
}

/** Ids are ours and unique for ever: the row that is there is this one, whose answer was lost. */
function unlessThere(error: unknown): void {
  if (duplicateIndex(error) === null) throw error;
}

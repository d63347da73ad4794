import { randomUUID } from 'node:crypto';
import { AppError, stale } from '../../core/errors.ts';
import { fold } from '../../core/fold.ts';
import { type ScimConnection, type StoredConnection, wholeConnection } from '../../core/scim-connection.ts';
import type { ScimToken } from '../../core/scim-token.ts';
import type { TokenStore } from '../../ports/connection-stores.ts';
import { keyOf } from './documents.ts';
import type { Collection, Filter } from './driver.ts';
import { duplicateIndex } from './mongo-errors.ts';
import { certainly } from './unknown-results.ts';

/** A connection with its tokens, so that how many live is decided by one write. */
export interface ConnectionRow {
  readonly _id: string;
  readonly organization: string;
  /** Folded. A row of an earlier version lacks it. */
  readonly nameKey?: string;
  readonly document: StoredConnection;
  readonly tokens: readonly ScimToken[];
  /** Random, of the last who revoked one. */
  readonly revocation?: string;
  /** Random, of the last who changed the connection itself. */
  readonly saveId?: string;
}

type Connections = Pick<TokenStore, 'insertConnection' | 'saveConnection' | 'connection' | 'connections'>;

/** SCIM connections in MongoDB. */
export function createConnections(rows: Collection<ConnectionRow>): Connections {
  const projection = { document: 1 } as const;
  return {
    async insertConnection(connection) {
      await rows.insertOne(connectionRow(connection)).catch(refuseTaken);
    },
    async saveConnection(document) {
      const { organizationId, id, name } = document;
      const _id = keyOf(organizationId, id);
      const saveId = randomUUID();
      const set = { document, nameKey: fold(name), saveId };
      const saved = await certainly<true>({
        async attempt() {
          const { matchedCount } = await rows.updateOne(before(_id, document), { $set: set }).catch(refuseTaken);
          return matchedCount === 1 ? true : null;
        },
        recall: async () => ((await rows.countDocuments({ _id, saveId }, { limit: 1 })) === 1 ? true : null),
      });
      if (saved === null) throw stale('this connection');
    },
    async connection(organization, id) {
      const row = await rows.findOne({ _id: keyOf(organization, id) }, { projection });
      return row ? wholeConnection(row.document) : null;
    },
    async connections(organization) {
      const found = await rows.find({ organization }, { projection }).sort({ _id: 1 }).toArray();
      return found.map(({ document }) => wholeConnection(document));
    },
  };
}

/** The row a connection begins with. */
export function connectionRow(document: ScimConnection): ConnectionRow {
  const { organizationId: organization, id, name } = document;
  return { _id: keyOf(organization, id), organization, nameKey: fold(name), document, tokens: [] };
}

/** The row as it must be for this save; one of an earlier version has no number and counts as the first. */
function before(_id: string, { version }: ScimConnection): Filter<ConnectionRow> {
  const former = version === 2 ? { $in: [1, null] } : version - 1;
  return { _id, 'document.version': former } as Filter<ConnectionRow>;
}

function refuseTaken(error: unknown): never {
  if (duplicateIndex(error) === 'scim_connections_name')
    throw new AppError('resource_name_taken', 'another SCIM connection has this name', {}, error);
  throw error;
}

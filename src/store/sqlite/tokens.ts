import { AppError, notFound, stale } from '../../core/errors.ts';
import { fold } from '../../core/fold.ts';
import { type ScimConnection, type StoredConnection, wholeConnection } from '../../core/scim-connection.ts';
import type { ScimToken } from '../../core/scim-token.ts';
import type { TokenEnd, TokenStore } from '../../ports/connection-stores.ts';
import type { Database } from './database.ts';
import { isUniqueViolation } from './sqlite-errors.ts';
import type { Row, Value } from './statements.ts';

/** Tokens of a connection that may live at once: the one in use and the one that replaces it. */
const MOST_LIVING = 2;

/** Tokens kept at hand beside the table. */
const MOST_KNOWN = 1_000;

/** SCIM connections and their tokens in SQLite. Those in use are kept at hand; whatever is written forgets them all. */
export function createTokenStore(database: Database): TokenStore {
  const { sql } = database;
  const known = new Map<string, NonNullable<Awaited<ReturnType<TokenStore['findByKeyId']>>>>();
  const columns = 't.expires, t.revoked, t.last_used, t.last_user_agent, t.document';
  const list = sql(`SELECT ${columns} FROM scim_tokens t WHERE t.organization = ? ORDER BY t.id`);
  const byKeyId = sql(`SELECT ${columns}, c.document AS connection FROM scim_tokens t
    JOIN scim_connections c ON c.organization = t.organization AND c.id = t.connection WHERE t.key_id = ?`);
  const revoke = sql(`UPDATE scim_tokens SET revoked = ?1
    WHERE organization = ?2 AND id = ?3 AND revoked IS NULL AND expires > ?1`);
  const touch = sql('UPDATE scim_tokens SET last_used = ?, last_user_agent = ? WHERE id = ?');
  const insertToken = createTokenInsertion(database);

  return {
    ...createConnections(database, () => known.clear()),
    async insert(token, replaced) {
      known.clear();
      database.transaction(() => insertToken(token, replaced));
    },
    list: async (organization) => list.all(organization).map(toToken),
    async findByKeyId(keyId) {
      const atHand = known.get(keyId);
      if (atHand) return atHand;
      const row = byKeyId.get(keyId);
      if (!row) return null;
      const found = { token: toToken(row), connection: toConnection(row.connection) };
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(keyId, found);
      return found;
    },
    async revoke(organization, id, at) {
      known.clear();
      return revoke.run(at, organization, id).changes === 1;
    },
    async touch(id, at, userAgent) {
      known.clear();
      touch.run(at, userAgent, id);
    },
  };
}

type Connections = Pick<TokenStore, 'insertConnection' | 'saveConnection' | 'connection' | 'connections'>;

function createConnections({ sql }: Database, onWrite: () => void): Connections {
  const insert = sql(
    'INSERT INTO scim_connections (organization, id, version, name_key, document) VALUES (?, ?, ?, ?, ?)',
  );
  const update = sql(`UPDATE scim_connections SET version = ?3, name_key = ?4, document = ?5
    WHERE organization = ?1 AND id = ?2 AND version = ?3 - 1`);
  const one = sql('SELECT document FROM scim_connections WHERE organization = ? AND id = ?');
  const all = sql('SELECT document FROM scim_connections WHERE organization = ? ORDER BY id');
  return {
    async insertConnection(connection) {
      onWrite();
      named(() => insert.run(...connectionRow(connection)));
    },
    async saveConnection(connection) {
      onWrite();
      if (named(() => update.run(...connectionRow(connection))).changes === 0) throw stale('this connection');
    },
    async connection(organization, id) {
      const row = one.get(organization, id);
      return row ? toConnection(row.document) : null;
    },
    connections: async (organization) => all.all(organization).map(({ document }) => toConnection(document)),
  };
}

/** Inside a transaction. */
function createTokenInsertion({ sql }: Database): (token: ScimToken, replaced: TokenEnd | undefined) => void {
  const hasConnection = sql('SELECT 1 FROM scim_connections WHERE organization = ? AND id = ?');
  const countLiving = sql(`SELECT count(*) AS total FROM scim_tokens
    WHERE organization = ? AND connection = ? AND revoked IS NULL AND expires > ?`);
  const insert = sql(`INSERT INTO scim_tokens
    (organization, id, connection, key_id, expires, revoked, last_used, last_user_agent, document)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const end = sql(`UPDATE scim_tokens SET expires = min(expires, ?1)
    WHERE organization = ?2 AND connection = ?3 AND id = ?4 AND revoked IS NULL AND expires > ?5`);

  return (token, replaced) => {
    const { organizationId, id, connectionId, keyId, expiresAt, revokedAt, lastUsedAt, lastUserAgent } = token;
    const { createdAt } = token;
    if (!hasConnection.get(organizationId, connectionId)) throw notFound('SCIM connection');
    if (replaced && !end.run(replaced.expiresAt, organizationId, connectionId, replaced.id, createdAt).changes)
      throw notFound('living token');
    const living = Number(countLiving.get(organizationId, connectionId, createdAt)?.total);
    if (living >= MOST_LIVING)
      throw new AppError('token_limit', 'this connection has two living tokens already; revoke one first');
    const state = [revokedAt, lastUsedAt, lastUserAgent];
    insert.run(organizationId, id, connectionId, keyId, expiresAt, ...state, JSON.stringify(token));
  };
}

/** A connection as its table holds it. */
export function connectionRow(connection: ScimConnection): readonly Value[] {
  const { organizationId, id, version, name } = connection;
  return [organizationId, id, version, fold(name), JSON.stringify(connection)];
}

/** The end, the revocation and the last use are columns of their own: they change without the rest being written. */
export function toToken(row: Row): ScimToken {
  return {
    ...(JSON.parse(row.document as string) as ScimToken),
    expiresAt: row.expires as string,
    revokedAt: row.revoked as string | null,
    lastUsedAt: row.last_used as string | null,
    lastUserAgent: row.last_user_agent as string | null,
  };
}

function toConnection(document: unknown): ScimConnection {
  return wholeConnection(JSON.parse(document as string) as StoredConnection);
}

function named<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (isUniqueViolation(error) && error.message.includes('name_key'))
      throw new AppError('resource_name_taken', 'another SCIM connection has this name', {}, error);
    throw error;
  }
}

import { AppError, notFound } from '../../core/errors.ts';
import type { ScimConnection, ScimToken } from '../../core/scim-token.ts';
import type { TokenStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { documentsOf } from './documents.ts';
import type { Row } from './statements.ts';

/** Tokens of a connection that may live at once: the one in use and the one that replaces it. */
const MOST_LIVING = 2;

/** Tokens kept at hand beside the table. */
const MOST_KNOWN = 1_000;

/** SCIM connections and their tokens in SQLite. Those in use are kept at hand; whatever is written forgets them all. */
export function createTokenStore(database: Database): TokenStore {
  const { sql } = database;
  const known = new Map<string, NonNullable<Awaited<ReturnType<TokenStore['findByKeyId']>>>>();
  const columns = 't.revoked, t.last_used, t.last_user_agent, t.document';
  const insertConnection = sql('INSERT INTO scim_connections (organization, id, document) VALUES (?, ?, ?)');
  const connections = sql('SELECT document FROM scim_connections WHERE organization = ? ORDER BY id');
  const hasConnection = sql('SELECT 1 FROM scim_connections WHERE organization = ? AND id = ?');
  const countLiving = sql(`SELECT count(*) AS total FROM scim_tokens
    WHERE organization = ? AND connection = ? AND revoked IS NULL AND expires > ?`);
  const insert = sql(`INSERT INTO scim_tokens
    (organization, id, connection, key_id, expires, revoked, last_used, last_user_agent, document)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const list = sql(`SELECT ${columns} FROM scim_tokens t WHERE t.organization = ? ORDER BY t.id`);
  const byKeyId = sql(`SELECT ${columns}, c.document AS connection FROM scim_tokens t
    JOIN scim_connections c ON c.organization = t.organization AND c.id = t.connection WHERE t.key_id = ?`);
  const revoke = sql(`UPDATE scim_tokens SET revoked = ?1
    WHERE organization = ?2 AND id = ?3 AND revoked IS NULL AND expires > ?1`);
  const touch = sql('UPDATE scim_tokens SET last_used = ?, last_user_agent = ? WHERE id = ?');

  function insertToken(token: ScimToken): void {
    const { organizationId, id, connectionId, keyId, expiresAt, revokedAt, lastUsedAt, lastUserAgent } = token;
    if (!hasConnection.get(organizationId, connectionId)) throw notFound('SCIM connection');
    const living = Number(countLiving.get(organizationId, connectionId, token.createdAt)?.total);
    if (living >= MOST_LIVING)
      throw new AppError('token_limit', 'this connection has two living tokens already; revoke one first');
    const state = [revokedAt, lastUsedAt, lastUserAgent];
    insert.run(organizationId, id, connectionId, keyId, expiresAt, ...state, JSON.stringify(token));
  }

  return {
    async insertConnection(connection) {
      known.clear();
      insertConnection.run(connection.organizationId, connection.id, JSON.stringify(connection));
    },
    connections: async (organization) => documentsOf<ScimConnection>(connections.all(organization)),
    async insert(token) {
      known.clear();
      database.transaction(() => insertToken(token));
    },
    list: async (organization) => list.all(organization).map(toToken),
    async findByKeyId(keyId) {
      const atHand = known.get(keyId);
      if (atHand) return atHand;
      const row = byKeyId.get(keyId);
      if (!row) return null;
      const found = { token: toToken(row), connection: JSON.parse(row.connection as string) as ScimConnection };
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

/** Revocation and last use are columns of their own: they change without the rest being written. */
export function toToken(row: Row): ScimToken {
  return {
    ...(JSON.parse(row.document as string) as ScimToken),
    revokedAt: row.revoked as string | null,
    lastUsedAt: row.last_used as string | null,
    lastUserAgent: row.last_user_agent as string | null,
  };
}

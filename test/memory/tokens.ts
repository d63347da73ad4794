import { AppError, notFound, stale } from '../../src/core/errors.ts';
import { fold } from '../../src/core/fold.ts';
import type { ScimConnection } from '../../src/core/scim-connection.ts';
import type { ScimToken } from '../../src/core/scim-token.ts';
import type { TokenStore } from '../../src/ports/connection-stores.ts';

const MOST_LIVING = 2;

/** SCIM connections and their tokens in memory. */
export function createMemoryTokens(): TokenStore {
  const connections = new Map<string, ScimConnection>();
  const tokens = new Map<string, ScimToken>();
  const isLiving = ({ revokedAt, expiresAt }: ScimToken, at: string): boolean => revokedAt === null && expiresAt > at;
  const of = (organization: string): readonly ScimToken[] =>
    [...tokens.values()].filter(({ organizationId }) => organizationId === organization);
  const connectionsOf = (organization: string): readonly ScimConnection[] =>
    [...connections.values()].filter(({ organizationId }) => organizationId === organization);
  const refuseTaken = ({ organizationId, id, name }: ScimConnection): void => {
    if (connectionsOf(organizationId).some((known) => known.id !== id && fold(known.name) === fold(name)))
      throw new AppError('resource_name_taken', 'another SCIM connection has this name');
  };
  const connectionOf = ({ organizationId, connectionId }: ScimToken): ScimConnection | null => {
    const found = connections.get(connectionId);
    return found?.organizationId === organizationId ? found : null;
  };
  return {
    async insertConnection(connection) {
      refuseTaken(connection);
      connections.set(connection.id, connection);
    },
    async saveConnection(connection) {
      if (connections.get(connection.id)?.version !== connection.version - 1) throw stale('this connection');
      refuseTaken(connection);
      connections.set(connection.id, connection);
    },
    connection: async (organization, id) => connectionsOf(organization).find((known) => known.id === id) ?? null,
    connections: async (organization) => connectionsOf(organization).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    async insert(token, replaced) {
      if (!connectionOf(token)) throw notFound('SCIM connection');
      const living = of(token.organizationId).filter(
        (rival) => rival.connectionId === token.connectionId && isLiving(rival, token.createdAt),
      );
      const ending = living.find(({ id }) => id === replaced?.id);
      if (replaced && !ending) throw notFound('living token');
      const ended = ending && replaced ? { ...ending, expiresAt: earlier(ending.expiresAt, replaced.expiresAt) } : null;
      const staying = living.map((rival) => (ended?.id === rival.id ? ended : rival));
      if (staying.filter((rival) => isLiving(rival, token.createdAt)).length >= MOST_LIVING)
        throw new AppError('token_limit', 'this connection has two living tokens already');
      if (ended) tokens.set(ended.id, ended);
      tokens.set(token.id, token);
    },
    list: async (organization) => of(organization),
    async findByKeyId(keyId) {
      const token = [...tokens.values()].find((known) => known.keyId === keyId);
      const connection = token ? connectionOf(token) : null;
      return token && connection ? { token, connection } : null;
    },
    async revoke(organization, id, at) {
      const token = of(organization).find((known) => known.id === id && isLiving(known, at));
      if (token) tokens.set(id, { ...token, revokedAt: at });
      return token !== undefined;
    },
    async touch(id, at, userAgent) {
      const token = tokens.get(id);
      if (token) tokens.set(id, { ...token, lastUsedAt: at, lastUserAgent: userAgent });
    },
  };
}

const earlier = (left: string, right: string): string => (left < right ? left : right);

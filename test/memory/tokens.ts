import { AppError, notFound } from '../../src/core/errors.ts';
import type { ScimConnection, ScimToken } from '../../src/core/scim-token.ts';
import type { TokenStore } from '../../src/ports/stores.ts';

const MOST_LIVING = 2;

/** SCIM connections and their tokens in memory. */
export function createMemoryTokens(): TokenStore {
  const connections = new Map<string, ScimConnection>();
  const tokens = new Map<string, ScimToken>();
  const isLiving = ({ revokedAt, expiresAt }: ScimToken, at: string): boolean => revokedAt === null && expiresAt > at;
  const of = (organization: string): readonly ScimToken[] =>
    [...tokens.values()].filter(({ organizationId }) => organizationId === organization);
  const connectionOf = ({ organizationId, connectionId }: ScimToken): ScimConnection | null => {
    const found = connections.get(connectionId);
    return found?.organizationId === organizationId ? found : null;
  };
  return {
    async insertConnection(connection) {
      connections.set(connection.id, connection);
    },
    connections: async (organization) =>
      [...connections.values()].filter(({ organizationId }) => organizationId === organization),
    async insert(token) {
      if (!connectionOf(token)) throw notFound('SCIM connection');
      const rivals = of(token.organizationId).filter(({ connectionId }) => connectionId === token.connectionId);
      if (rivals.filter((rival) => isLiving(rival, token.createdAt)).length >= MOST_LIVING)
        throw new AppError('token_limit', 'this connection has two living tokens already');
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

import { randomUUID } from 'node:crypto';
import { AppError, notFound } from '../../core/errors.ts';
import { wholeConnection } from '../../core/scim-connection.ts';
import type { ScimToken } from '../../core/scim-token.ts';
import type { TokenEnd, TokenStore } from '../../ports/connection-stores.ts';
import { type ConnectionRow, createConnections } from './connections.ts';
import type { Database } from './database.ts';
import { keyOf } from './documents.ts';
import { COLLECTION } from './schema.ts';
import { certainly, insistently } from './unknown-results.ts';

type Found = Awaited<ReturnType<TokenStore['findByKeyId']>>;

/** Tokens of a connection that may live at once: the one in use and the one that replaces it. */
const MOST_LIVING = 2;

/** Tokens kept at hand, and for how long: what another process revokes is refused here after that. */
const MOST_KNOWN = 1_000;
const KNOWN_MS = 1_000;

/** How often an insertion may find the connection changed under its hands. */
const TRIES = 50;

/** SCIM connections and their tokens in MongoDB. */
export function createTokenStore(database: Database, elapsed: () => number = () => performance.now()): TokenStore {
  const rows = database.collection<ConnectionRow>(COLLECTION.connections);
  const known = new Map<string, { readonly found: Found; readonly readAt: number }>();

  async function hasToken(token: ScimToken): Promise<true | null> {
    return (await rows.countDocuments({ 'tokens.id': token.id }, { limit: 1 })) === 1 ? true : null;
  }

  /** Null: somebody changed the tokens meanwhile. */
  async function tryInsert(token: ScimToken, replaced: TokenEnd | undefined): Promise<true | null> {
    const _id = keyOf(token.organizationId, token.connectionId);
    const row = await rows.findOne({ _id });
    if (!row) throw notFound('SCIM connection');
    if (row.tokens.some(({ id }) => id === token.id)) return true;
    const living = row.tokens.filter((one) => isLivingAt(one, token.createdAt));
    if (replaced && !living.some(({ id }) => id === replaced.id)) throw notFound('living token');
    const staying = living.filter(({ id }) => id !== replaced?.id || replaced.expiresAt > token.createdAt);
    if (staying.length >= MOST_LIVING)
      throw new AppError('token_limit', 'this connection has two living tokens already; revoke one first');
    const same = { _id, tokens: { $size: row.tokens.length } };
    const { matchedCount } = await rows.updateOne(same, replaced ? replacing(token, replaced) : pushing(token));
    return matchedCount === 1 ? true : null;
  }

  return {
    ...createConnections(rows),
    async insert(token, replaced) {
      known.clear();
      const write = { attempt: () => tryInsert(token, replaced), recall: () => hasToken(token) };
      for (let tries = 0; tries < TRIES; tries++) if (await certainly<true>(write)) return;
      throw new AppError('unavailable', 'too many others change the tokens of this connection just now');
    },
    async list(organization) {
      const found = await rows.find({ organization }, { projection: { tokens: 1 } }).toArray();
      return found.flatMap(({ tokens }) => tokens).toSorted((left, right) => (left.id < right.id ? -1 : 1));
    },
    async findByKeyId(keyId) {
      const readAt = elapsed();
      const atHand = known.get(keyId);
      if (atHand && readAt - atHand.readAt < KNOWN_MS) return atHand.found;
      const row = await rows.findOne({ 'tokens.keyId': keyId });
      const token = row?.tokens.find((one) => one.keyId === keyId);
      known.delete(keyId);
      if (!row || !token) return null;
      if (known.size >= MOST_KNOWN) known.clear();
      const found = { token, connection: wholeConnection(row.document) };
      known.set(keyId, { found, readAt });
      return found;
    },
    async revoke(organization, id, at) {
      const living = { organization, tokens: { $elemMatch: { id, revokedAt: null, expiresAt: { $gt: at } } } };
      const revocation = randomUUID();
      const revoked = await certainly<true>({
        async attempt() {
          const { matchedCount } = await rows.updateOne(living, { $set: { 'tokens.$.revokedAt': at, revocation } });
          return matchedCount === 1 ? true : null;
        },
        recall: async () => ((await rows.countDocuments({ organization, revocation }, { limit: 1 })) ? true : null),
      });
      known.clear();
      return revoked === true;
    },
    async touch(id, at, userAgent) {
      const set = { 'tokens.$.lastUsedAt': at, 'tokens.$.lastUserAgent': userAgent };
      await insistently(() => rows.updateOne({ 'tokens.id': id }, { $set: set }));
      known.clear();
    },
  };
}

const isLivingAt = ({ revokedAt, expiresAt }: ScimToken, at: string): boolean => revokedAt === null && expiresAt > at;

const pushing = (token: ScimToken) => ({ $push: { tokens: token } });

/** Both in one write: a pipeline, since two operators may not change one list. `$literal` keeps client text from being read as a field. */
function replacing(token: ScimToken, { id, expiresAt }: TokenEnd) {
  const ended = { $mergeObjects: ['$$one', { expiresAt: { $min: ['$$one.expiresAt', expiresAt] } }] };
  const each = { $cond: [{ $eq: ['$$one.id', id] }, ended, '$$one'] };
  const kept = { $map: { input: '$tokens', as: 'one', in: each } };
  return [{ $set: { tokens: { $concatArrays: [kept, [{ $literal: token }]] } } }];
}

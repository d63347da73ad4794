import { randomBytes } from 'node:crypto';
import { freshDatabase } from './fresh-database.ts';
import { freshPrefix } from './fresh-prefix.ts';
import { mongoServer } from './mongo-server.ts';
import { isMissing, type MissingServer, type TestServer } from './own-server.ts';
import { redisServer } from './redis-server.ts';

/** Room of its own on both servers, with fresh keys: what processes of one installation have in common. */
export interface FreshInstallation {
  /** The environment every process of it is started with. */
  readonly env: { readonly [name: string]: string };
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly operatorKey: string;
  /** Deletes everything it left on the servers. */
  drop(): Promise<void>;
}

/** Finds or brings both servers; throws, with what to do, when one cannot be had. */
export async function freshInstallation(): Promise<FreshInstallation> {
  const [mongo, redis] = await Promise.all([found(mongoServer()), found(redisServer())]);
  const database = freshDatabase(mongo);
  const prefix = freshPrefix(redis);
  const operatorKey = randomBytes(24).toString('hex');
  return {
    env: {
      MONGODB_URL: database.url,
      REDIS_URL: redis.url,
      REDIS_PREFIX: prefix.prefix,
      ROLLCALL_SECRET_KEY: randomBytes(32).toString('base64'),
      ROLLCALL_OPERATOR_KEY: operatorKey,
    },
    databaseUrl: database.url,
    redisUrl: redis.url,
    operatorKey,
    drop: async () => void (await Promise.all([database.drop(), prefix.clear()])),
  };
}

async function found(server: Promise<TestServer | MissingServer>): Promise<TestServer> {
  const brought = await server;
  if (isMissing(brought)) throw new Error(brought.missing);
  return brought;
}

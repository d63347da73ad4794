import { randomBytes } from 'node:crypto';
import { openStores } from '../src/store/open.ts';
import { freshDatabase } from '../test/servers/fresh-database.ts';
import { freshPrefix } from '../test/servers/fresh-prefix.ts';
import { mongoServer } from '../test/servers/mongo-server.ts';
import { isMissing, type MissingServer, type TestServer } from '../test/servers/own-server.ts';
import { redisServer } from '../test/servers/redis-server.ts';
import { type Child, startChild } from './child.ts';
import type { RollcallCommands } from './server.ts';

export type RollcallChild = Child<RollcallCommands>;

/** An empty database and queue, and the processes started on them. */
export interface Installation {
  readonly redisUrl: string;
  /** Works on the store directly; closes it afterwards. */
  withStores<T>(work: (stores: Awaited<ReturnType<typeof openStores>>['stores']) => Promise<T>): Promise<T>;
  start(
    role: 'api' | 'worker',
    googleBaseUrl?: string,
  ): Promise<{ readonly child: RollcallChild; readonly port: number }>;
  readonly operatorKey: string;
  /** Ends all processes and drops everything. */
  end(): Promise<void>;
}

/** Finds or brings the servers and opens an installation of its own on them. */
export async function openInstallation(): Promise<Installation> {
  const [mongo, redis] = await Promise.all([found(mongoServer()), found(redisServer())]);
  const database = freshDatabase(mongo);
  const prefix = freshPrefix(redis);
  const operatorKey = randomBytes(24).toString('hex');
  const env = {
    MONGODB_URL: database.url,
    REDIS_URL: redis.url,
    REDIS_PREFIX: prefix.prefix,
    ROLLCALL_SECRET_KEY: randomBytes(32).toString('base64'),
    ROLLCALL_OPERATOR_KEY: operatorKey,
  };
  const children: RollcallChild[] = [];
  return {
    redisUrl: redis.url,
    operatorKey,
    async withStores(work) {
      const clock = { now: () => Date.now() };
      const { stores } = await openStores({ dataDir: ':memory:', clock, mongodb: { url: database.url } });
      try {
        return await work(stores);
      } finally {
        await stores.close();
      }
    },
    async start(role, googleBaseUrl = '') {
      const child = startChild<RollcallCommands>('rollcall');
      children.push(child);
      const more = { ...env, ROLLCALL_ROLE: role };
      const { port } = await child.ask('start', { folder: ':memory:', googleBaseUrl, env: more });
      return { child, port };
    },
    async end() {
      for (const child of children) {
        await child.ask('stop');
        await child.end();
      }
      await Promise.all([database.drop(), prefix.clear()]);
    },
  };
}

async function found(server: Promise<TestServer | MissingServer>): Promise<TestServer> {
  const brought = await server;
  if (isMissing(brought)) throw new Error(brought.missing);
  return brought;
}

import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { TestServer } from './own-server.ts';

/** A beginning of key names that nobody else uses. */
export interface FreshPrefix {
  readonly prefix: string;
  /** Deletes every key that begins so. */
  clear(): Promise<void>;
}

export function freshPrefix(server: TestServer): FreshPrefix {
  const prefix = `rollcall-${randomBytes(6).toString('hex')}`;
  return {
    prefix,
    async clear() {
      const redis = new Redis(server.url, { maxRetriesPerRequest: 1 });
      for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 }) as AsyncIterable<string[]>)
        if (keys.length > 0) await redis.unlink(...keys);
      await redis.quit();
    },
  };
}

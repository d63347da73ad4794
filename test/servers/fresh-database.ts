import { randomBytes } from 'node:crypto';
import { mongo } from 'mongoose';
import type { TestServer } from './own-server.ts';

/** A database that nobody else uses; a server makes it with the first write. */
export interface FreshDatabase {
  readonly url: string;
  readonly name: string;
  drop(): Promise<void>;
}

export function freshDatabase(server: TestServer): FreshDatabase {
  const name = `rollcall_${randomBytes(6).toString('hex')}`;
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    name,
    async drop() {
      const client = new mongo.MongoClient(server.url, { serverSelectionTimeoutMS: 5_000, socketTimeoutMS: 20_000 });
      await client.db(name).dropDatabase();
      await client.close();
    },
  };
}

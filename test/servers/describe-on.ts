import type { Suite } from 'mocha';
import { bringOwnServer } from './bring-server.ts';
import { type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { type FreshPrefix, freshPrefix } from './fresh-prefix.ts';
import { mongoServer } from './mongo-server.ts';
import type { MissingServer, TestServer } from './own-server.ts';
import { redisServer } from './redis-server.ts';

/** The shared MongoDB, inside hooks and tests. Whatever a suite takes of it is given back after its last test. */
export interface MongoOfSuite {
  readonly url: string;
  /** A URL with an empty database of its own in it. */
  freshUrl(): string;
}

/** The shared Redis, inside hooks and tests. */
export interface RedisOfSuite {
  readonly url: string;
  /** A beginning for the names of all keys. */
  freshPrefix(): string;
}

/** A suite that needs the shared MongoDB. Without one it is skipped, with the reason in its title, or fails where `CI` is set. */
export function describeOnMongo(title: string, body: (mongo: MongoOfSuite) => void): Suite {
  return describe(title, () => body(needMongo()));
}

/** The same for Redis. */
export function describeOnRedis(title: string, body: (redis: RedisOfSuite) => void): Suite {
  return describe(title, () => body(needRedis()));
}

/** The same for both. */
export function describeScaled(title: string, body: (mongo: MongoOfSuite, redis: RedisOfSuite) => void): Suite {
  return describe(title, () => body(needMongo(), needRedis()));
}

/** A suite that starts a MongoDB of its own, to kill it. */
export function describeOnOwnMongo(title: string, body: (this: Suite) => void): Suite {
  return describe(title, function () {
    need(() => bringOwnServer('mongo'));
    body.call(this);
  });
}

/** A suite that starts a Redis of its own, to kill it. */
export function describeOnOwnRedis(title: string, body: (this: Suite) => void): Suite {
  return describe(title, function () {
    need(() => bringOwnServer('redis'));
    body.call(this);
  });
}

/** A suite that starts both of its own. */
export function describeOnOwnServers(title: string, body: (this: Suite) => void): Suite {
  return describe(title, function () {
    need(() => bringOwnServer('mongo'));
    need(() => bringOwnServer('redis'));
    body.call(this);
  });
}

function needMongo(): MongoOfSuite {
  const server = needServer(mongoServer);
  const taken: FreshDatabase[] = [];
  after(() => Promise.all(taken.splice(0).map((database) => database.drop())));
  return {
    get url() {
      return server.found().url;
    },
    freshUrl() {
      const database = freshDatabase(server.found());
      taken.push(database);
      return database.url;
    },
  };
}

function needRedis(): RedisOfSuite {
  const server = needServer(redisServer);
  const taken: FreshPrefix[] = [];
  after(() => Promise.all(taken.splice(0).map((prefix) => prefix.clear())));
  return {
    get url() {
      return server.found().url;
    },
    freshPrefix() {
      const fresh = freshPrefix(server.found());
      taken.push(fresh);
      return fresh.prefix;
    },
  };
}

function needServer(bring: () => Promise<TestServer | MissingServer>): { found(): TestServer } {
  let server: TestServer | null = null;
  need(async () => {
    const brought = await bring();
    if (!('missing' in brought)) server = brought;
    return brought;
  });
  return {
    found() {
      if (!server) throw new Error('a server is there in hooks and tests only');
      return server;
    },
  };
}

/** A set-up takes minutes where nothing was ever set up. */
const PATIENCE_MS = 900_000;

/** Brings something before the tests of the suite, or skips them all; the suite's title then says why, as the reporter demands. */
function need(bring: () => Promise<object | MissingServer>): void {
  before(async function () {
    this.timeout(PATIENCE_MS);
    const brought = await bring();
    if (!('missing' in brought)) return;
    const reason = String(brought.missing);
    if (process.env.CI) throw new Error(reason);
    const suite = this.test?.parent;
    if (suite) suite.title += `, skipped because ${reason}`;
    this.skip();
  });
}

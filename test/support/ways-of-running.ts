import { describeScaled } from '../servers/describe-on.ts';
import { emptiedDatabases } from './emptied-databases.ts';
import { SHARED_KEYS } from './shared-keys.ts';

/** One of the two ways to run Rollcall, as the tests of a suite use it. */
export interface WayOfRunning {
  readonly name: 'embedded' | 'scaled';
  /** The environment of a process with an empty store; asked for again, it names another one. Inside hooks and tests only. */
  env(): { readonly [name: string]: string };
}

const EMBEDDED: WayOfRunning = { name: 'embedded', env: () => ({}) };

const PATIENCE_MS = 30_000;

/** The same suite twice: on the embedded store and queue, and on MongoDB and Redis. Each of its tests may take 30 s. */
export function describeBothWays(title: string, body: (way: WayOfRunning) => void): void {
  describe(title, function () {
    this.timeout(PATIENCE_MS);
    const anEmptyDatabase = emptiedDatabases();
    describe('by itself', () => body(EMBEDDED));
    describeScaled('on MongoDB and Redis', (mongo, redis) =>
      body({
        name: 'scaled',
        env: () => ({
          ...SHARED_KEYS,
          MONGODB_URL: anEmptyDatabase(mongo.freshUrl),
          REDIS_URL: redis.url,
          REDIS_PREFIX: redis.freshPrefix(),
        }),
      }),
    );
  });
}

import { type Database, openDatabase } from '../../../src/store/mongo/database.ts';
import { migrate } from '../../../src/store/mongo/migrations.ts';
import { COLLECTION } from '../../../src/store/mongo/schema.ts';
import { createMongoStores } from '../../../src/store/mongo/stores.ts';
import type { OpenStores } from '../../contracts/open-stores.ts';
import type { MongoOfSuite } from '../../servers/describe-on.ts';

/** A database of the suite's own, migrated once. */
export interface SuiteDatabase {
  readonly url: string;
  readonly database: Database;
  empty(): Promise<void>;
}

const PATIENCE_MS = 60_000;

export function oneDatabase(mongo: MongoOfSuite): SuiteDatabase {
  let opened: { readonly url: string; readonly database: Database } | null = null;
  before(async function () {
    this.timeout(PATIENCE_MS);
    const url = mongo.freshUrl();
    const database = await openDatabase({ url });
    opened = { url, database };
    await migrate(database);
  });
  after(() => opened?.database.close());
  const current = () => {
    if (!opened) throw new Error('a database is there in hooks and tests only');
    return opened;
  };
  return {
    get url() {
      return current().url;
    },
    get database() {
      return current().database;
    },
    async empty() {
      const kept: string[] = [COLLECTION.migrations];
      const names = Object.values(COLLECTION).filter((name) => !kept.includes(name));
      await Promise.all(names.map((name) => current().database.collection(name).deleteMany({})));
    },
  };
}

/** Stores in that database, emptied each time: indexes are built once. */
export function storesIn(suite: SuiteDatabase): OpenStores {
  const open = async (clock: Parameters<OpenStores>[0]) => {
    await suite.empty();
    return { ...createMongoStores(suite.database, clock), close: async () => undefined };
  };
  return Object.assign(open, { keepsTime: true as const });
}

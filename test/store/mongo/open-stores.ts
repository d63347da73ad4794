import type { mongo } from 'mongoose';
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
  /** Asked before each command of that database. */
  watch(see: (command: mongo.Document) => void): void;
  empty(): Promise<void>;
}

const PATIENCE_MS = 60_000;
const WRITES = ['insert', 'update', 'findAndModify'] as const;

export function oneDatabase(mongo: MongoOfSuite): SuiteDatabase {
  const all = Object.values(COLLECTION).filter((name) => name !== COLLECTION.migrations);
  const written = new Set<string>();
  /** Whoever connects to it by themselves may write anywhere, unseen. */
  let isShared = false;
  let opened: { readonly url: string; readonly database: Database } | null = null;
  before(async function () {
    this.timeout(PATIENCE_MS);
    const url = new URL(mongo.freshUrl());
    url.searchParams.set('monitorCommands', 'true');
    const database = await openDatabase({ url: url.href });
    opened = { url: url.href, database };
    await migrate(database);
    watch((command) => {
      for (const write of WRITES) if (write in command) written.add(command[write]);
    });
  });
  after(() => opened?.database.close());
  const current = () => {
    if (!opened) throw new Error('a database is there in hooks and tests only');
    return opened;
  };
  const watch: SuiteDatabase['watch'] = (see) =>
    void current()
      .database.connection.getClient()
      .on('commandStarted', ({ command }) => see(command));
  return {
    get url() {
      isShared = true;
      return current().url;
    },
    get database() {
      return current().database;
    },
    watch,
    async empty() {
      const names = all.filter((name) => isShared || written.has(name));
      written.clear();
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

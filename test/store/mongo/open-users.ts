import type { Clock } from '../../../src/ports/clock.ts';
import type { UserStore } from '../../../src/ports/user-store.ts';
import { type Database, openDatabase } from '../../../src/store/mongo/database.ts';
import { RESOURCE_COLLECTIONS } from '../../../src/store/mongo/resource-schema.ts';
import {
  FORMER_INDEXES,
  FOUND_BY_INDEXES,
  ORDER_INDEXES,
  SEEN_INDEXES,
  USER_INDEXES,
  USERS,
  type UserCollection,
  type UserRow,
} from '../../../src/store/mongo/user-schema.ts';
import { createUserStore, type RunKnowledge } from '../../../src/store/mongo/users.ts';
import { aClock } from '../../fixtures/clock.ts';
import type { MongoOfSuite } from '../../servers/describe-on.ts';

const former: ReadonlySet<string> = new Set(FORMER_INDEXES);
const later = RESOURCE_COLLECTIONS.flatMap(({ name, indexes }) => (name === USERS ? indexes : []));
const indexes = [
  ...USER_INDEXES.filter(({ name }) => !former.has(name)),
  ...ORDER_INDEXES,
  ...FOUND_BY_INDEXES,
  ...SEEN_INDEXES,
  ...later,
];

/** People in a database of the suite's own, emptied before each test, without any run that could write them. */
export interface UsersUnderTest {
  readonly users: UserStore;
  readonly collection: UserCollection;
  readonly database: Database;
}

export function eachWithUsers(mongo: MongoOfSuite, through: (url: string) => string = (url) => url): UsersUnderTest {
  let opened: UsersUnderTest | null = null;
  before(async function () {
    this.timeout(60_000);
    const url = mongo.freshUrl();
    await withDatabase(url, (database) => database.collection(USERS).createIndexes(indexes));
    opened = usersOf(await openDatabase({ url: through(url) }));
  });
  beforeEach(() => current().collection.deleteMany({}));
  after(() => opened?.database.close());
  const current = (): UsersUnderTest => {
    if (!opened) throw new Error('people are stored in hooks and tests only');
    return opened;
  };
  return {
    get users() {
      return current().users;
    },
    get collection() {
      return current().collection;
    },
    get database() {
      return current().database;
    },
  };
}

/** Runs that never were. */
export const NO_RUNS: RunKnowledge = {
  checkFence: async () => undefined,
  presentKeys: async () => new Set<string>(),
};

export function usersOf(database: Database, clock: Clock = aClock()): UsersUnderTest {
  return {
    users: createUserStore(database, clock, NO_RUNS),
    collection: database.collection<UserRow>(USERS),
    database,
  };
}

async function withDatabase(url: string, work: (database: Database) => Promise<unknown>): Promise<void> {
  const database = await openDatabase({ url });
  await work(database);
  await database.close();
}

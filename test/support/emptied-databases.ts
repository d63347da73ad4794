import { mongo } from 'mongoose';
import { nameIn } from '../../src/store/mongo/database.ts';
import { COLLECTION } from '../../src/store/mongo/schema.ts';

/**
 * For a suite: what gives its tests one empty database each. One that a test took is emptied after it and given to a later one with
 * its indexes, which take longer to build than most tests last. Outside of tests, in the hooks of whole suites, each call is given a
 * new one by `fresh`.
 */
export function emptiedDatabases(): (fresh: () => string) => string {
  const taken: string[] = [];
  const free: string[] = [];
  let isInTest = false;
  let client: mongo.MongoClient | null = null;

  // The hooks of suites within run between these two.
  beforeEach(() => {
    isInTest = true;
  });
  afterEach(async () => {
    isInTest = false;
    for (const url of taken.splice(0)) {
      client ??= new mongo.MongoClient(url);
      await empty(client.db(nameIn(url)));
      free.push(url);
    }
  });
  after(() => client?.close());

  return (fresh) => {
    if (!isInTest) return fresh();
    const url = free.pop() ?? fresh();
    taken.push(url);
    return url;
  };
}

/** Leaves the indexes, and the word of each migration that it was done. */
async function empty(db: mongo.Db): Promise<void> {
  const collections = await db.listCollections({}, { nameOnly: true }).toArray();
  await Promise.all(
    collections.map(({ name }) =>
      db.collection(name).deleteMany(name === COLLECTION.migrations ? { number: { $exists: false } } : {}),
    ),
  );
}

import { expect } from 'chai';
import { type Database, openDatabase } from '../../../src/store/mongo/database.ts';
import { DOUBTED_INTERVIEWS, INTERVIEW_COLLECTIONS, UNTOLD_INTERVIEWS } from '../../../src/store/mongo/interviews.ts';
import { MIGRATIONS, type Migration } from '../../../src/store/mongo/migration-list.ts';
import { migrate } from '../../../src/store/mongo/migrations.ts';
import { RUN_TIMES } from '../../../src/store/mongo/prune-runs.ts';
import { RESOURCE_COLLECTIONS } from '../../../src/store/mongo/resource-schema.ts';
import { CONNECTION_NAMES, FIRST_COLLECTIONS } from '../../../src/store/mongo/schema.ts';
import {
  FORMER_INDEXES,
  FOUND_BY_INDEXES,
  ORDER_INDEXES,
  SEEN_INDEXES,
  USERS,
} from '../../../src/store/mongo/user-schema.ts';
import { refused } from '../../contracts/open-stores.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';

const PATIENCE_MS = 120_000;

describeOnMongo('migrations of MongoDB', (mongo) => {
  const opened: Database[] = [];
  after(() => Promise.all(opened.splice(0).map((database) => database.close())));

  async function anEmptyDatabase(url = mongo.freshUrl()): Promise<Database> {
    const database = await openDatabase({ url });
    opened.push(database);
    return database;
  }

  /** The names of all indexes by collection, and the records of what was done. */
  async function schemaOf({ db }: Database) {
    const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
    const indexes = names.map(async (name) => [
      name,
      (await db.collection(name).indexes()).map((one) => one.name).sort(),
    ]);
    const done = await db
      .collection('migrations')
      .find({ number: { $exists: true } }, { sort: { number: 1 } })
      .toArray();
    return { indexes: await Promise.all(indexes), done: done.map(({ number, name }) => [number, name]) };
  }

  it('build what the table says, and nothing a second time', async function () {
    this.timeout(PATIENCE_MS);
    const database = await anEmptyDatabase();
    await migrate(database);
    const { indexes, done } = await schemaOf(database);
    const former: readonly string[] = FORMER_INDEXES;
    const later = [
      ...CONNECTION_NAMES,
      ...RUN_TIMES,
      ...RESOURCE_COLLECTIONS,
      ...INTERVIEW_COLLECTIONS,
      ...UNTOLD_INTERVIEWS,
      ...DOUBTED_INTERVIEWS,
      { name: USERS, indexes: [...ORDER_INDEXES, ...FOUND_BY_INDEXES, ...SEEN_INDEXES] },
    ];
    const declared = Map.groupBy([...FIRST_COLLECTIONS, ...later], ({ name }) => name);
    for (const [name, declarations] of declared) {
      const names = declarations.flatMap((one) => one.indexes.map((index) => index.name));
      const wanted = names.filter((one) => !former.includes(one));
      expect(new Map(indexes as [string, string[]][]).get(name)).to.have.members(['_id_', ...wanted]);
    }
    expect(done).to.deep.equal(MIGRATIONS.map(({ name }, index) => [index + 1, name]));
    const steps: string[] = [];
    await migrate(database, { onStep: (name) => void steps.push(name) });
    expect(steps).to.deep.equal([]);
  });

  it('come to the same end wherever they were killed', async function () {
    this.timeout(PATIENCE_MS);
    const small = [making('one', ['first', 'second']), making('two', ['third'])];
    const whole = await anEmptyDatabase();
    const steps: string[] = [];
    await migrate(whole, { migrations: small, onStep: (name) => void steps.push(name) });
    expect(steps).to.have.length(5);
    for (const killedAt of steps) {
      const database = await anEmptyDatabase();
      const dying = (name: string) => {
        if (name === killedAt) throw new Error(`killed at ${name}`);
      };
      const death = await migrate(database, { migrations: small, onStep: dying }).catch(
        (error: Error) => error.message,
      );
      expect(death).to.equal(`killed at ${killedAt}`);
      await migrate(database, { migrations: small });
      expect(await schemaOf(database)).to.deep.equal(await schemaOf(whole));
    }
  });

  it('go on after somebody who died holding the lease', async () => {
    const database = await anEmptyDatabase();
    const until = new Date(Date.now() + 300);
    await database.collection<{ _id: string }>('migrations').insertOne({ _id: 'lease', owner: 'died', until } as never);
    await migrate(database, { migrations: [making('one', ['first'])] });
    expect((await schemaOf(database)).done).to.deep.equal([[1, 'one']]);
  });

  it('are done by one of many that start together', async () => {
    const url = mongo.freshUrl();
    const processes = await Promise.all(Array.from({ length: 5 }, () => anEmptyDatabase(url)));
    const builders = new Set<number>();
    const migrations = [making('one', ['first', 'second']), making('two', ['third'])];
    await Promise.all(
      processes.map((database, index) => migrate(database, { migrations, onStep: () => void builders.add(index) })),
    );
    expect(builders).to.have.property('size', 1);
  });

  it('let an older version work on what they say is compatible, and no other', async () => {
    const database = await anEmptyDatabase();
    const two = { ...making('two', ['second']), compatibleWith: 1 };
    await migrate(database, { migrations: [making('one', ['first']), two] });
    await migrate(database, { migrations: [making('one', ['first'])] });
    const three = { ...making('three', ['third']), compatibleWith: 2 };
    await migrate(database, { migrations: [making('one', ['first']), two, three] });
    await migrate(database, { migrations: [making('one', ['first']), two] });
    const refusal = await refused(migrate(database, { migrations: [making('one', ['first'])] }), 'unavailable');
    expect(refusal).to.deep.equal({ version: 3, newest: 1 });
  });

  it('are numbered without a hole, each compatible with a version there was', () => {
    for (const [index, { compatibleWith }] of MIGRATIONS.entries()) expect(compatibleWith).to.be.within(1, index + 1);
  });
});

/** A migration that makes collections, each with a step before it. */
function making(name: string, collections: readonly string[]): Migration {
  return {
    name,
    compatibleWith: 1,
    async run({ db }, step) {
      for (const collection of collections) {
        await step(collection);
        await db.collection(collection).createIndex({ a: 1 }, { name: `${collection}_a` });
      }
    },
  };
}

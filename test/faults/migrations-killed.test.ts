import { execFile } from 'node:child_process';
import { expect } from 'chai';
import { mongo as driver } from 'mongoose';
import PQueue from 'p-queue';
import { MIGRATIONS } from '../../src/store/mongo/migration-list.ts';
import { describeScaled, type MongoOfSuite, type RedisOfSuite } from '../servers/describe-on.ts';
import { figure } from './figure.ts';
import { onServers, startInstallation } from './installation.ts';

const AT_ONCE = 4;
/** Every so many of the steps; all of them with `ROLLCALL_KILL_AT_READS`. */
const EACH = process.env.ROLLCALL_KILL_AT_READS ? 1 : 5;
/** The schema that a later version would bring. */
const NEXT = MIGRATIONS.length + 1;

describeScaled('Migrations of MongoDB', (mongo, redis) => {
  it('R39: killed at each step and run again, build the same schema', async function () {
    this.timeout(180_000);
    const whole = mongo.freshUrl();
    const { output } = await migrateUntilKilled(whole, 0);
    const steps = Number(output);
    const expected = await withDatabase(whole, schemaOf);
    const queue = new PQueue({ concurrency: AT_ONCE });
    const outcomes = await queue.addAll(
      Array.from({ length: Math.ceil(steps / EACH) }, (_, index) => async () => {
        const url = mongo.freshUrl();
        const killed = await migrateUntilKilled(url, index * EACH + 1);
        const again = await migrateUntilKilled(url, 0);
        return { signals: [killed.signal, again.signal], schema: await withDatabase(url, schemaOf) };
      }),
    );
    const same = outcomes.filter(({ schema }) => JSON.stringify(schema) === JSON.stringify(expected)).length;
    figure(
      'R39',
      `killed at ${outcomes.length} of ${steps} steps, run again: ${same} schemas as by an undisturbed one`,
    );
    expect(steps).to.be.at.least(5);
    for (const { signals, schema } of outcomes) {
      expect(signals).to.deep.equal(['SIGKILL', null]);
      expect(schema).to.deep.equal(expected);
    }
  });

  it('R39: leave a version that can live with the next one at work, beside it and after it', async function () {
    this.timeout(60_000);
    const installation = await startOn(mongo, redis);
    try {
      const before = await installation.addOrganization('Before');
      await note(installation.mongodbUrl, { number: NEXT, name: 'of a later version', compatibleWith: 1 });
      const worker = await installation.start('worker');
      await before.connect();
      await before.change({ google: { syncUsers: true } });
      expect(await before.runsEnded()).to.include({ state: 'finished' });
      await worker.end('SIGTERM');
    } finally {
      await installation.stop();
    }
  });

  it('R39: turn away with a sentence a version that cannot live with the next one', async function () {
    this.timeout(60_000);
    const installation = await startOn(mongo, redis);
    try {
      await note(installation.mongodbUrl, { number: NEXT, name: 'of a later version', compatibleWith: NEXT });
      const error = await installation.start('worker').catch((reason: unknown) => reason);
      expect(String(error)).to.include(
        `written by a newer version of Rollcall (schema ${NEXT}, this version knows ${MIGRATIONS.length})`,
      );
      figure('R39', 'a compatible newer schema is worked on, an incompatible one refused with a sentence');
    } finally {
      await installation.stop();
    }
  });
});

async function startOn(mongo: MongoOfSuite, redis: RedisOfSuite) {
  const options = onServers(mongo, redis);
  return { ...(await startInstallation(options)), mongodbUrl: options.mongodbUrl };
}

/** What a later version would have written down. */
function note(url: string, row: { readonly number: number; readonly name: string; readonly compatibleWith: number }) {
  return withDatabase(url, (db) =>
    db.collection<{ _id: string }>('migrations').insertOne({ _id: String(row.number), ...row }),
  );
}

function migrateUntilKilled(url: string, at: number): Promise<{ output: string; signal: string | null }> {
  return new Promise((resolve) => {
    const words = ['test/faults/migrate-until-killed.ts', url, String(at)];
    execFile(process.execPath, words, { timeout: 60_000 }, (error, output) =>
      resolve({ output, signal: error ? (error.signal ?? error.message) : null }),
    );
  });
}

async function withDatabase<T>(url: string, work: (db: driver.Db) => Promise<T>): Promise<T> {
  const client = new driver.MongoClient(url);
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}

/** Collections with all their indexes, and what was recorded as done. */
async function schemaOf(db: driver.Db) {
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
  const indexes = names.map(async (name) => [
    name,
    (await db.collection(name).indexes()).map((index) => JSON.stringify(index)).sort(),
  ]);
  const done = await db
    .collection('migrations')
    .find({ number: { $exists: true } }, { projection: { at: 0 } })
    .toArray();
  return { indexes: await Promise.all(indexes), done };
}

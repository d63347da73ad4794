import { expect } from 'chai';
import PQueue from 'p-queue';
import { type Database, openDatabase } from '../../src/store/mongo/database.ts';
import { migrate } from '../../src/store/mongo/migrations.ts';
import { COLLECTION } from '../../src/store/mongo/schema.ts';
import { createMongoStores } from '../../src/store/mongo/stores.ts';
import { describeOnMongo } from '../servers/describe-on.ts';
import { runSchedule } from './run-schedule.ts';
import { again, SEED } from './seed.ts';
import type { Opened } from './world.ts';

/** 500 take minutes on a server that is slow: fewer unless asked for. */
const RUNS = Math.min(Number(process.env.ROLLCALL_PROPERTY_RUNS_MONGO ?? 500), 500);
/** Schedules at a time, each in a database of its own. */
const AT_ONCE = 6;
const LONGEST_MS = 600_000;
const KEPT: readonly string[] = [COLLECTION.migrations];

describeOnMongo(`R01: the schedule property on MongoDB, ROLLCALL_PROPERTY_SEED=${SEED}`, (mongo) => {
  const free: Database[] = [];
  const opened: Database[] = [];

  before(async function () {
    this.timeout(120_000);
    for (let count = 0; count < Math.min(AT_ONCE, RUNS); count++) {
      const database = await openDatabase({ url: mongo.freshUrl() });
      opened.push(database);
      await migrate(database);
    }
    free.push(...opened);
  });
  after(() => Promise.all(opened.map((database) => database.close())));

  it(`ends ${RUNS} schedules as the reference says, whatever the order`, async () => {
    const begun = performance.now();
    const queue = new PQueue({ concurrency: AT_ONCE });
    const works = Array.from({ length: RUNS }, (_, run) => () => play(SEED + run));
    const calls = (await inFull(queue, works)).reduce((sum, count) => sum + count, 0);
    const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
    process.stdout.write(
      `\nR01: ${RUNS} schedules on MongoDB, ${calls} store calls, 0 divergences, ${seconds} s, seed ${SEED}\n`,
    );
  }).timeout(LONGEST_MS);

  async function play(seed: number): Promise<number> {
    const database = free.pop();
    if (!database) throw new Error('more schedules at a time than databases');
    await empty(database);
    const { calls, noticed, divergences } = await runSchedule(seed, openOn(database));
    expect([...noticed, ...divergences], `${again(seed)} ROLLCALL_PROPERTY_RUNS_MONGO=1`).to.deep.equal([]);
    free.push(database);
    return calls;
  }
});

/** After the first that fails no other begins, and those under way come to their end before their databases go. */
async function inFull(queue: PQueue, works: readonly (() => Promise<number>)[]): Promise<readonly number[]> {
  try {
    return await queue.addAll(works);
  } finally {
    queue.clear();
    await queue.onIdle();
  }
}

function openOn(database: Database): Opened {
  const clock = { at: Date.parse('2026-01-01T00:00:00.000Z') };
  const stores = createMongoStores(database, { now: () => clock.at });
  const runs = database.collection(COLLECTION.runs);
  // Leases go by the server's clock, for which nobody wants to wait.
  const expireLeases = async () => void (await runs.updateMany({}, { $set: { leaseUntil: new Date(0) } }));
  return { stores, clock, expireLeases, takingOverRaisesVersions: true };
}

async function empty(database: Database): Promise<void> {
  const names = Object.values(COLLECTION).filter((name) => !KEPT.includes(name));
  await Promise.all(names.map((name) => database.collection(name).deleteMany({})));
}

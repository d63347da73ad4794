import { expect } from 'chai';
import type { Stores } from '../../../src/ports/stores.ts';
import { openMongoStores } from '../../../src/store/mongo/stores.ts';
import { openEmbeddedStores } from '../../../src/store/open.ts';
import { archiveContract, moveArchive } from '../../contracts/archive.contract.ts';
import { everythingReadable } from '../../contracts/everything-readable.ts';
import type { OpenStores } from '../../contracts/open-stores.ts';
import { refused } from '../../contracts/open-stores.ts';
import { aClock } from '../../fixtures/clock.ts';
import { fillRichly, GOING } from '../../fixtures/rich-store.ts';
import { aRun } from '../../fixtures/runs.ts';
import { ORGANIZATION } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { emptiedDatabases } from '../../support/emptied-databases.ts';

describeOnMongo('moving between SQLite and MongoDB', (mongo) => {
  const opened: Stores[] = [];
  const onSqlite: OpenStores = (clock) => openEmbeddedStores({ dataDir: ':memory:', clock });
  const onMongo: OpenStores = async (clock) =>
    (await openMongoStores({ url: anEmptyDatabase(mongo.freshUrl) }, clock)).stores;
  const open = async (openStores: OpenStores): Promise<Stores> => {
    const stores = await openStores(aClock());
    opened.push(stores);
    return stores;
  };
  afterEach(async () => {
    for (const stores of opened.splice(0)) await stores.close();
  });
  const anEmptyDatabase = emptiedDatabases();

  describe('from SQLite to MongoDB', function () {
    this.timeout(60_000);
    archiveContract(onSqlite, onMongo);
  });
  describe('from MongoDB to SQLite', function () {
    this.timeout(60_000);
    archiveContract(onMongo, onSqlite);
  });

  it('comes back from MongoDB as it was: identical digests on the whole way', async () => {
    const [before, between, after] = [await open(onSqlite), await open(onMongo), await open(onSqlite)];
    await fillRichly(before);
    const there = await moveArchive(before.archive, between.archive);
    const back = await moveArchive(between.archive, after.archive, 'the store between');
    expect(back.kinds).to.deep.equal(there.kinds);
    expect(await everythingReadable(after)).to.deep.equal(await everythingReadable(before));
  }).timeout(60_000);

  it('is refused while a process works on a run of the source', async () => {
    const [source, target] = [await open(onMongo), await open(onSqlite)];
    await source.runs.insert(aRun({ id: GOING }));
    const taken = await source.runs.acquire(ORGANIZATION, GOING, 'worker-1', 60_000);
    await refused(moveArchive(source.archive, target.archive), 'unavailable');
    expect(await target.archive.move()).to.equal(null);
    await source.runs.release({ runId: GOING, epoch: taken?.epoch ?? 0 }, 'worker-1');
    expect((await moveArchive(source.archive, target.archive)).finishedEarlierAt).to.equal(null);
  });
});

import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import type { Run } from '../../../src/core/run.ts';
import type { User } from '../../../src/core/user.ts';
import type { UserStore } from '../../../src/ports/user-store.ts';
import type { Stored } from '../../../src/store/mongo/database.ts';
import type { Collection } from '../../../src/store/mongo/driver.ts';
import { createFences } from '../../../src/store/mongo/fence.ts';
import type { RunRow } from '../../../src/store/mongo/run-rows.ts';
import { createRunStore } from '../../../src/store/mongo/runs.ts';
import { COLLECTION } from '../../../src/store/mongo/schema.ts';
import { createUserStore } from '../../../src/store/mongo/users.ts';
import { eachWithStores, refused } from '../../contracts/open-stores.ts';
import { anEvent } from '../../fixtures/events.ts';
import { aRun, aStagedChange } from '../../fixtures/runs.ts';
import { aUser, changed, ORGANIZATION } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { oneDatabase, storesIn } from './open-stores.ts';

const SHORT_MS = 50;
const LONG_MS = 60_000;

describeOnMongo('the fence of a run on MongoDB', (mongo) => {
  const suite = oneDatabase(mongo);
  const test = eachWithStores(storesIn(suite));
  const runs = () => test.stores.runs;
  const runRows = () => suite.database.collection<RunRow>(COLLECTION.runs);
  const change = (user: User) => ({ user, events: [anEvent(user, user.version)] });

  async function taken(ttlMs = SHORT_MS): Promise<Run> {
    const run = aRun({ state: 'running' });
    await runs().insert(run);
    return (await runs().acquire(ORGANIZATION, run.id, 'frozen', ttlMs)) as Run;
  }

  async function takenOver(run: Run): Promise<Run> {
    await wait(SHORT_MS * 2);
    return (await runs().acquire(ORGANIZATION, run.id, 'heir', LONG_MS)) as Run;
  }

  const fenceOf = ({ id, epoch }: Run) => ({ runId: id, epoch });

  /** A worker that freezes after its intent was written down and before its people are. */
  function frozenWriter(): { readonly users: UserStore; readonly asleep: Promise<void>; wake(): void } {
    const fences = createFences(suite.database);
    const sleep = Promise.withResolvers<void>();
    const asleep = Promise.withResolvers<void>();
    const users = createUserStore(suite.database, test.clock, {
      async checkFence(fence, people) {
        await fences.checkFence(fence, people);
        asleep.resolve();
        await sleep.promise;
      },
      presentKeys: async () => new Set(),
    });
    return { users, asleep: asleep.promise, wake: sleep.resolve };
  }

  it('keeps a frozen writer from changing a person after the take-over, whoever wrote since', async () => {
    const [ada, bob] = [aUser(), aUser()];
    for (const user of [ada, bob]) await test.stores.users.save({ user, events: [] });
    const run = await taken();
    const { users, asleep, wake } = frozenWriter();
    const late = users.saveMany(
      [ada, bob].map((user) => change(changed(user))),
      fenceOf(run),
    );
    await asleep;
    await takenOver(run);
    const stored = (await test.stores.users.get(ORGANIZATION, bob.id)) as User;
    const newest = await test.stores.users.save(change(changed(stored, { kind: 'agency' })));
    wake();
    expect((await late).map(({ saved }) => saved)).to.deep.equal([false, false]);
    expect(await test.stores.users.get(ORGANIZATION, ada.id)).to.deep.equal({
      ...ada,
      version: ada.version + 1,
      seenByScim: { version: ada.version, at: ada.updatedAt },
    });
    expect(await test.stores.users.get(ORGANIZATION, bob.id)).to.deep.equal(newest);
    expect(await test.stores.events.pending()).to.equal(1);
  });

  it('keeps a frozen writer from adding a person after the take-over, alone and in bulk', async () => {
    for (const save of [
      (users: UserStore, user: User, run: Run) => users.save(change(user), fenceOf(run)),
      (users: UserStore, user: User, run: Run) => users.saveMany([change(user), change(aUser())], fenceOf(run)),
    ]) {
      const run = await taken();
      const { users, asleep, wake } = frozenWriter();
      const late = save(users, aUser({ email: 'ada@example.com' }), run);
      await asleep;
      const heir = await takenOver(run);
      wake();
      await refused(late, 'superseded');
      await runs().checkpoint({ run: { ...heir, state: 'failed' } });
    }
    expect(await test.stores.users.count(ORGANIZATION, null)).to.equal(0);
    expect(await test.stores.users.findByEmail(ORGANIZATION, 'ada@example.com')).to.equal(null);
    const ada = await test.stores.users.save(change(aUser({ email: 'ada@example.com' })));
    expect((await test.stores.users.list(ORGANIZATION, null, null, 10)).items).to.deep.equal([ada]);
  });

  it('raises nothing for a worker that got through before', async () => {
    const run = await taken();
    const ada = await test.stores.users.save(change(aUser()), fenceOf(run));
    await takenOver(run);
    expect(await test.stores.users.get(ORGANIZATION, ada.id)).to.deep.equal(ada);
  });

  it('refuses whoever comes with an old epoch, at once', async () => {
    const run = await taken();
    await takenOver(run);
    await refused(test.stores.users.save(change(aUser()), fenceOf(run)), 'superseded');
    await refused(test.stores.users.saveMany([change(aUser())], fenceOf(run)), 'superseded');
  });

  it('is raised by the next taker when the one who was at it died', async () => {
    const ada = aUser();
    await test.stores.users.save({ user: ada, events: [] });
    const run = await taken();
    const { users, asleep, wake } = frozenWriter();
    const late = users.save(change(changed(ada)), fenceOf(run));
    await asleep;
    // Took the lease, and died before anything else.
    await runRows().updateOne({ _id: run.id }, { $inc: { epoch: 1 }, $set: { leaseOwner: 'died' } });
    const heir = await takenOver(run);
    expect(heir.epoch).to.equal(run.epoch + 2);
    wake();
    await refused(late, 'stale');
    expect((await runRows().findOne({ _id: run.id }))?.intent).to.equal(undefined);
  });

  it('is gone with the checkpoint', async () => {
    const run = await taken(LONG_MS);
    await test.stores.users.save(change(aUser()), fenceOf(run));
    expect((await runRows().findOne({ _id: run.id }))?.intent?.people).to.have.length(1);
    await runs().checkpoint({ run: { ...run, cursor: 'next' } });
    expect((await runRows().findOne({ _id: run.id }))?.intent).to.equal(undefined);
  });

  /** A worker that freezes while it writes down whom it read in a group. */
  function frozenReader() {
    const sleep = Promise.withResolvers<void>();
    const asleep = Promise.withResolvers<void>();
    const collection = <Document extends Stored>(name: string): Collection<Document> => {
      const found = suite.database.collection<Document>(name);
      if (name !== COLLECTION.members) return found;
      const insertMany = async (...inputs: Parameters<typeof found.insertMany>) => {
        asleep.resolve();
        await sleep.promise;
        return found.insertMany(...inputs);
      };
      return new Proxy(found, { get: (target, key) => (key === 'insertMany' ? insertMany : Reflect.get(target, key)) });
    };
    const database = { ...suite.database, collection };
    const { store } = createRunStore(database, createFences(database));
    return { runs: store, asleep: asleep.promise, wake: sleep.resolve };
  }

  it('keeps members that a frozen worker read from ever showing', async () => {
    const run = await taken();
    const reader = frozenReader();
    const late = reader.runs.checkpoint({ run, members: { group: 'sales', externalIds: ['g1', 'g2'] } });
    await reader.asleep;
    const heir = await takenOver(run);
    const shown = () => runs().membersAmong(run.id, ['g1', 'g2', 'g3']);
    await runs().checkpoint({ run: heir, members: { group: 'sales', externalIds: ['g2'] } });
    reader.wake();
    await refused(late, 'superseded');
    expect(await shown()).to.deep.equal(new Map([['g2', ['sales']]]));
    await runs().checkpoint({ run: heir, members: { group: 'staff', externalIds: ['g3'] }, forget: true });
    expect(await shown()).to.deep.equal(new Map([['g3', ['staff']]]));
  });

  it('keeps what a frozen worker left half-way from ever counting', async () => {
    const run = await taken();
    const batches = suite.database.collection<{ _id: string; run: string; n: number; epoch: number }>(
      COLLECTION.batches,
    );
    await runs().checkpoint({ run, presence: { page: 1, externalIds: ['g1'] } });
    const heir = await takenOver(run);
    const zombie = {
      run: run.id,
      n: 2,
      epoch: run.epoch,
      token: 'zombie',
      staged: ['g9'],
      page: 2,
      externalIds: ['g9'],
    };
    await batches.insertOne({ _id: `${run.id}/2`, ...zombie });
    await runs().checkpoint({ run: heir });
    expect(await runs().countStaged(run.id)).to.equal(0);
    await runs().checkpoint({ run: heir, staged: [aStagedChange('g2')] });
    expect(await runs().staged(run.id, null, 10)).to.deep.equal([aStagedChange('g2')]);
  });
});

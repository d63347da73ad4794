import { expect } from 'chai';
import type { User } from '../../../src/core/user.ts';
import type { SaveOutcome } from '../../../src/ports/user-store.ts';
import { park, restoreParked } from '../../../src/store/mongo/parking.ts';
import { prepare, readStored, writeRows } from '../../../src/store/mongo/user-rows.ts';
import { type UserCollection, userKey } from '../../../src/store/mongo/user-schema.ts';
import { usersOn } from '../../../src/store/mongo/users.ts';
import { aClock } from '../../fixtures/clock.ts';
import { aDirectoryRecord, aUser, changed, ORGANIZATION } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { eachWithUsers, NO_RUNS } from './open-users.ts';

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:01:00.000Z';

describeOnMongo('a swap whose writer dies, on MongoDB', (mongo) => {
  const test = eachWithUsers(mongo);
  const ada = aUser({ email: 'ada@example.com', records: [aDirectoryRecord('google', 'g1')] });
  const bob = aUser({ email: 'bob@example.com', records: [aDirectoryRecord('google', 'g2')] });
  const swapped = [
    changed(ada, { email: bob.email, records: bob.records }),
    changed(bob, { email: ada.email, records: ada.records }),
  ] as const;
  const find = (email: string) => test.users.findByEmail(ORGANIZATION, email);

  /** The steps of the swap, as far as they were taken: the first parks, the second writes the other one. */
  async function die(after: 1 | 2): Promise<void> {
    await test.users.saveMany([ada, bob].map((user) => ({ user, events: [] })));
    const keys = [ada, bob].map(({ id }) => userKey(ORGANIZATION, id));
    const stored = await readStored(test.collection, keys);
    const [first, second] = swapped.map((user, n) =>
      prepare({ user, events: [] }, stored.get(keys[n] ?? '') ?? null),
    ) as [ReturnType<typeof prepare>, ReturnType<typeof prepare>];
    await park(test.collection, first, AT);
    if (after === 2) await writeRows(test.collection, [second]);
  }

  it('leaves everybody as they were, and to be found', async () => {
    await die(1);
    expect(await test.users.get(ORGANIZATION, ada.id)).to.deep.equal(ada);
    expect(await find('ADA@example.com')).to.deep.equal(ada);
    expect(await test.users.findByEmails(ORGANIZATION, ['ada@example.com', 'bob@example.com'])).to.have.deep.members([
      ada,
      bob,
    ]);
    expect(await test.users.findByUserName(ORGANIZATION, 'ada@example.com')).to.deep.equal(ada);
  });

  it('is undone by the repair while nobody took the parked claims', async () => {
    await die(1);
    expect(await restoreParked(test.collection, AT, 10)).to.deep.equal([]);
    expect(await test.collection.countDocuments({ parked: { $exists: true } })).to.equal(1);
    expect(await restoreParked(test.collection, LATER, 10)).to.deep.equal([]);
    expect(await test.collection.countDocuments({ parked: { $exists: true } })).to.equal(0);
    const rival = aUser({ email: 'ada@example.com' });
    expect(await test.users.saveMany([{ user: rival, events: [] }])).to.deep.equal([
      { saved: false, code: 'email_taken', userId: ada.id },
    ]);
    expect(await test.users.findBySourceKeys(ORGANIZATION, 'google', null, ['g1'])).to.deep.equal([ada]);
  });

  it('is undone by the repair also when a second writer died', async () => {
    await die(1);
    const key = userKey(ORGANIZATION, ada.id);
    const stored = (await readStored(test.collection, [key])).get(key) ?? null;
    await park(test.collection, prepare({ user: swapped[0], events: [] }, stored), AT);
    expect(await restoreParked(test.collection, LATER, 10)).to.deep.equal([]);
    const [row] = await test.collection.find({ _id: key }).toArray();
    expect(row).to.include({ emailKey: 'ada@example.com', userNameKey: 'ada@example.com' });
    expect(row?.sourceClaims).to.deep.equal(['google\n\ng1']);
    expect(row).not.to.have.property('parked');
  });

  it('is told by the repair when the other one has the claims by now', async () => {
    await die(2);
    expect(await find('ada@example.com')).to.deep.equal(swapped[1]);
    const left = [{ organizationId: ORGANIZATION, userId: ada.id }];
    expect(await restoreParked(test.collection, LATER, 10)).to.deep.equal(left);
    expect(await restoreParked(test.collection, LATER, 10)).to.deep.equal(left);
    expect(await find('bob@example.com')).to.equal(null);
  });

  it('is finished by whoever saves the parked person', async () => {
    await die(2);
    expect(await test.users.save({ user: swapped[0], events: [] })).to.deep.equal(swapped[0]);
    expect(await find('bob@example.com')).to.deep.equal(swapped[0]);
    expect(await find('ada@example.com')).to.deep.equal(swapped[1]);
    expect(await restoreParked(test.collection, LATER, 10)).to.deep.equal([]);
    expect(await test.collection.countDocuments({ parked: { $exists: true } })).to.equal(0);
  });

  it('may be tried again as a whole', async () => {
    await die(1);
    const outcomes = await test.users.saveMany(swapped.map((user) => ({ user, events: [] })));
    expect(outcomes).to.deep.equal([{ saved: true }, { saved: true }]);
    expect(await find('bob@example.com')).to.deep.equal(swapped[0]);
    expect(await test.users.findBySourceKeys(ORGANIZATION, 'google', null, ['g1'])).to.deep.equal([swapped[1]]);
  });
});

describeOnMongo('a swap with a rival in its midst, on MongoDB', (mongo) => {
  const test = eachWithUsers(mongo);
  const ada = aUser({ email: 'ada@example.com' });
  const bob = aUser({ email: 'bob@example.com' });
  const find = (email: string) => test.users.findByEmail(ORGANIZATION, email);

  /** Swaps the addresses; the rival saves when one of the two has parked. */
  async function swapAgainst(rival: User): Promise<readonly SaveOutcome[]> {
    await test.users.saveMany([ada, bob].map((user) => ({ user, events: [] })));
    let isFirst = true;
    const disturbed = new Proxy(test.collection, {
      get(target, name: keyof UserCollection) {
        if (name !== 'updateOne') return target[name];
        return async (...update: Parameters<UserCollection['updateOne']>) => {
          const result = await target.updateOne(...update);
          if (isFirst) {
            isFirst = false;
            await test.users.save({ user: rival, events: [] });
          }
          return result;
        };
      },
    });
    const swapped = [changed(ada, { email: bob.email }), changed(bob, { email: ada.email })];
    return usersOn(disturbed, aClock(), NO_RUNS).saveMany(swapped.map((user) => ({ user, events: [] })));
  }

  it('gives back what was parked when the other one has changed meanwhile', async () => {
    const changedBob = changed(bob, { status: 'deactivated' });
    expect(await swapAgainst(changedBob)).to.deep.equal([
      { saved: false, code: 'email_taken', userId: bob.id },
      { saved: false, code: 'stale', userId: null },
    ]);
    expect(await find('ada@example.com')).to.deep.equal(ada);
    expect(await find('bob@example.com')).to.deep.equal(changedBob);
    expect(await test.collection.countDocuments({ parked: { $exists: true } })).to.equal(0);
  });

  it('refuses both when a newcomer takes what was parked, and the repair tells of it', async () => {
    const rival = aUser({ email: 'ada@example.com' });
    expect(await swapAgainst(rival)).to.deep.equal([
      { saved: false, code: 'email_taken', userId: bob.id },
      { saved: false, code: 'email_taken', userId: rival.id },
    ]);
    expect(await test.users.get(ORGANIZATION, ada.id)).to.deep.equal(ada);
    expect(await find('ada@example.com')).to.deep.equal(rival);
    expect(await restoreParked(test.collection, LATER, 10)).to.deep.equal([
      { organizationId: ORGANIZATION, userId: ada.id },
    ]);
  });
});

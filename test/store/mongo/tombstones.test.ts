import { expect } from 'chai';
import { userKey } from '../../../src/store/mongo/user-schema.ts';
import { refused } from '../../contracts/open-stores.ts';
import { aUser, CONNECTION, ORGANIZATION } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { eachWithUsers } from './open-users.ts';

/** A taken-over run meant to insert somebody: the new holder put a tombstone there first. */
describeOnMongo('a tombstone in the place of a person, on MongoDB', (mongo) => {
  const test = eachWithUsers(mongo);
  const user = aUser();
  const change = { user, events: [] };
  const fence = { runId: 'run', epoch: 1 };
  beforeEach(() =>
    test.database.db
      .collection<{ _id: string }>('users')
      .insertOne({ _id: userKey(ORGANIZATION, user.id), version: 0, writeId: 'buried', fencedAt: new Date() } as never),
  );

  it('is nobody', async () => {
    const { users } = test;
    const query = { organizationId: ORGANIZATION, connectionId: CONNECTION, from: { offset: 0 }, limit: 10 };
    expect(await users.get(ORGANIZATION, user.id)).to.equal(null);
    expect(await users.getMany(ORGANIZATION, [user.id])).to.deep.equal([]);
    expect(await users.list(ORGANIZATION, null, null, 10)).to.deep.equal({ items: [], next: null });
    expect(await users.list(ORGANIZATION, { field: 'id', op: 'eq', value: user.id }, null, 10)).to.deep.equal({
      items: [],
      next: null,
    });
    expect(await users.count(ORGANIZATION, null)).to.equal(0);
    expect(await users.listForScim(query)).to.deep.equal({ users: [], total: 0, next: null });
  });

  it('keeps the late run from inserting them', async () => {
    await refused(test.users.save(change, fence), 'superseded');
    await refused(test.users.saveMany([change, { user: aUser(), events: [] }], fence), 'superseded');
    expect(await test.users.get(ORGANIZATION, user.id)).to.equal(null);
  });

  it('makes anybody else’s insertion stale', async () => {
    await refused(test.users.save(change), 'stale');
    expect(await test.users.saveMany([change])).to.deep.equal([{ saved: false, code: 'stale', userId: null }]);
  });
});

import { expect } from 'chai';
import { resourceCollections } from '../../../src/store/mongo/resource-schema.ts';
import { USERS, type UserRow } from '../../../src/store/mongo/user-schema.ts';
import { groupsOf } from '../../contracts/membership.contract.ts';
import { eachWithStores } from '../../contracts/open-stores.ts';
import { resourcesContract } from '../../contracts/stores.contract.ts';
import { aGroup, membersOf } from '../../fixtures/resources.ts';
import { anOwnedUser } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { oneDatabase, storesIn } from './open-stores.ts';
import { expectSoundUpdates } from './update-faults.ts';

describeOnMongo('ResourceStore on MongoDB', (mongo) => {
  const suite = oneDatabase(mongo);
  expectSoundUpdates(suite);
  const open = storesIn(suite);
  resourcesContract(open);

  describe('beside processes of an older version', () => {
    const test = eachWithStores(open);
    const { change, named, people } = groupsOf(test);

    it('names members whose documents carry no name, or that of a version before', async () => {
      const [ada = '', bob = ''] = await people(
        anOwnedUser({ userName: 'ada', displayName: 'Ada' }),
        anOwnedUser({ userName: 'bob', displayName: 'Bob' }),
      );
      const group = aGroup();
      await change(group, { add: membersOf([ada, bob]) });
      const rows = suite.database.collection<UserRow>(USERS);
      await rows.updateOne({ scimId: ada }, { $unset: { shown: '' } });
      await rows.updateOne({ scimId: bob }, { $set: { shown: { name: 'Robert', version: 0 } } });
      expect(await named(group.id)).to.deep.equal([
        [ada, 'Ada'],
        [bob, 'Bob'],
      ]);
    });
  });

  describe('rows of those who left', () => {
    const test = eachWithStores(open);
    const { change } = groupsOf(test);

    it('stay for a while, go away by themselves, and are those of present members never', async () => {
      const group = aGroup();
      await change(group, { add: membersOf(['a', 'b']) });
      await change({ ...group, version: 2 }, { replace: true });
      await change({ ...group, version: 3 }, { add: membersOf(['b']) });
      const { memberships } = resourceCollections(suite.database);
      const rows = await memberships.find({}).sort({ _id: 1 }).toArray();
      expect(rows.map(({ member, present, goneAt }) => [member, present, goneAt instanceof Date])).to.deep.equal([
        ['a', false, true],
        ['b', true, false],
      ]);
      const index = (await memberships.indexes()).find(({ name }) => name === 'memberships_gone');
      expect(index).to.deep.include({ key: { goneAt: 1 }, expireAfterSeconds: 86_400 });
    });
  });
});

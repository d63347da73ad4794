import { expect } from 'chai';
import { fillEmployeeNumbers } from '../../../src/store/mongo/fill-employee-numbers.ts';
import { fillFoundBy } from '../../../src/store/mongo/fill-found-by.ts';
import { fillSeen } from '../../../src/store/mongo/fill-seen.ts';
import { chanceOf, randomUser } from '../../contracts/random-people.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { eachWithUsers } from './open-users.ts';

describeOnMongo('people who were here before MongoDB could filter them', (mongo) => {
  const test = eachWithUsers(mongo);

  it('are given what they are filtered by', async () => {
    const chance = chanceOf(3);
    const people = Array.from({ length: 1_100 }, (_, n) => ({ ...randomUser(chance, n), email: null }));
    await test.users.saveMany(people.map((user) => ({ user, events: [] })));
    const stored = () => test.collection.find({}, { sort: { _id: 1 } }).toArray();
    const before = await stored();
    const fields = { name: '', department: '', location: '', level: '', tags: '' } as const;
    await test.collection.updateMany({}, { $unset: fields });
    expect(await stored()).not.to.deep.equal(before);
    await fillFoundBy(test.database, async () => undefined);
    expect(await stored()).to.deep.equal(before);
    await test.collection.updateMany({ tags: /^employeeNumber:/ }, { $unset: { tags: '' } });
    expect(await stored()).not.to.deep.equal(before);
    await fillEmployeeNumbers(test.database, async () => undefined);
    expect(await stored()).to.deep.equal(before);
    await test.collection.updateMany({}, { $unset: { seen: '' } });
    expect(await stored()).not.to.deep.equal(before);
    await fillSeen(test.database, async () => undefined);
    expect(await stored()).to.deep.equal(before);
  }).timeout(30_000);
});

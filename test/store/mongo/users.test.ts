import { usersContract } from '../../contracts/stores.contract.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { oneDatabase, storesIn } from './open-stores.ts';
import { expectSoundUpdates } from './update-faults.ts';

describeOnMongo('UserStore on MongoDB', (mongo) => {
  const suite = oneDatabase(mongo);
  expectSoundUpdates(suite);
  usersContract(storesIn(suite));
});

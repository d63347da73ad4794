import { storesContract } from '../../contracts/stores.contract.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { oneDatabase, storesIn } from './open-stores.ts';
import { expectSoundUpdates } from './update-faults.ts';

describeOnMongo('stores on MongoDB', (mongo) => {
  const suite = oneDatabase(mongo);
  expectSoundUpdates(suite);
  storesContract(storesIn(suite));
});

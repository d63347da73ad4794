import { storesContract } from '../../contracts/stores.contract.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { oneDatabase, storesIn } from './open-stores.ts';

describeOnMongo('stores on MongoDB', (mongo) => {
  const open = storesIn(oneDatabase(mongo));
  storesContract(open);
});

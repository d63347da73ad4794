import { resourcesContract } from '../../contracts/stores.contract.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { oneDatabase, storesIn } from './open-stores.ts';

describeOnMongo('ResourceStore on MongoDB', (mongo) => {
  const open = storesIn(oneDatabase(mongo));
  resourcesContract(open);
});

import { userBulkContract } from '../../contracts/user-bulk.contract.ts';
import { userListsContract } from '../../contracts/user-lists.contract.ts';
import { userStoreContract } from '../../contracts/user-store.contract.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { oneDatabase, storesIn } from './open-stores.ts';

describeOnMongo('UserStore on MongoDB', (mongo) => {
  const open = storesIn(oneDatabase(mongo));
  userStoreContract(open);
  describe('in bulk', () => userBulkContract(open));
  describe('lists', () => userListsContract(open));
});

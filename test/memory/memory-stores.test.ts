import { conditionsContract } from '../contracts/conditions.contract.ts';
import { userBulkContract } from '../contracts/user-bulk.contract.ts';
import { userListsContract } from '../contracts/user-lists.contract.ts';
import { userStoreContract } from '../contracts/user-store.contract.ts';
import { createMemoryStores } from '../memory-stores.ts';

describe('UserStore in memory', () => {
  userStoreContract(createMemoryStores);
  describe('in bulk', () => userBulkContract(createMemoryStores));
  describe('lists', () => userListsContract(createMemoryStores));
  describe('conditions', () => conditionsContract(createMemoryStores));
});

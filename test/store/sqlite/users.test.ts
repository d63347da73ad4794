import { openEmbeddedStores } from '../../../src/store/open.ts';
import type { OpenStores } from '../../contracts/open-stores.ts';
import { userBulkContract } from '../../contracts/user-bulk.contract.ts';
import { userListsContract } from '../../contracts/user-lists.contract.ts';
import { userStoreContract } from '../../contracts/user-store.contract.ts';

const open: OpenStores = (clock) => openEmbeddedStores({ dataDir: ':memory:', clock });

describe('UserStore on SQLite', () => {
  userStoreContract(open);
  describe('in bulk', () => userBulkContract(open));
  describe('lists', () => userListsContract(open));
});

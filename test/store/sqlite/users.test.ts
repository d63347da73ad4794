import { openEmbeddedStores } from '../../../src/store/open.ts';
import type { OpenStores } from '../../contracts/open-stores.ts';
import { usersContract } from '../../contracts/stores.contract.ts';

const open: OpenStores = (clock) => openEmbeddedStores({ dataDir: ':memory:', clock });

describe('UserStore on SQLite', () => {
  usersContract(open);
});

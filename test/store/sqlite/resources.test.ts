import { openEmbeddedStores } from '../../../src/store/open.ts';
import { resourcesContract } from '../../contracts/stores.contract.ts';

describe('ResourceStore on SQLite', () =>
  resourcesContract((clock) => openEmbeddedStores({ dataDir: ':memory:', clock })));

import { openEmbeddedStores } from '../../../src/store/open.ts';
import { conditionsContract } from '../../contracts/conditions.contract.ts';

describe('conditions on SQLite', () => {
  conditionsContract((clock) => openEmbeddedStores({ dataDir: ':memory:', clock }));
});

import { conditionsContract } from '../contracts/conditions.contract.ts';
import { resourcesContract, usersContract } from '../contracts/stores.contract.ts';
import { createMemoryStores } from '../memory-stores.ts';

describe('UserStore in memory', () => {
  usersContract(createMemoryStores);
  describe('conditions', () => conditionsContract(createMemoryStores));
});

describe('ResourceStore in memory', () => resourcesContract(createMemoryStores));

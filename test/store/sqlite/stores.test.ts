import { openEmbeddedStores } from '../../../src/store/open.ts';
import { conflictStoreContract } from '../../contracts/conflict-store.contract.ts';
import { eventStoreContract } from '../../contracts/event-store.contract.ts';
import { isolationContract } from '../../contracts/isolation.contract.ts';
import type { OpenStores } from '../../contracts/open-stores.ts';
import { integrationStoreContract, organizationStoreContract } from '../../contracts/organization-store.contract.ts';
import { runStoreContract } from '../../contracts/run-store.contract.ts';
import { tokenStoreContract } from '../../contracts/token-store.contract.ts';

const open: OpenStores = (clock) => openEmbeddedStores({ dataDir: ':memory:', clock });

describe('stores on SQLite', () => {
  describe('organizations', () => organizationStoreContract(open));
  describe('integrations', () => integrationStoreContract(open));
  describe('runs', () => runStoreContract(open));
  describe('conflicts', () => conflictStoreContract(open));
  describe('events', () => eventStoreContract(open));
  describe('tokens', () => tokenStoreContract(open));
  describe('isolation', () => isolationContract(open));
});

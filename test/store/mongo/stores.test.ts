import { conflictStoreContract } from '../../contracts/conflict-store.contract.ts';
import { eventStoreContract } from '../../contracts/event-store.contract.ts';
import { isolationContract } from '../../contracts/isolation.contract.ts';
import { integrationStoreContract, organizationStoreContract } from '../../contracts/organization-store.contract.ts';
import { runStoreContract } from '../../contracts/run-store.contract.ts';
import { tokenStoreContract } from '../../contracts/token-store.contract.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { oneDatabase, storesIn } from './open-stores.ts';

describeOnMongo('stores on MongoDB', (mongo) => {
  const open = storesIn(oneDatabase(mongo));
  describe('organizations', () => organizationStoreContract(open));
  describe('integrations', () => integrationStoreContract(open));
  describe('runs', () => runStoreContract(open));
  describe('conflicts', () => conflictStoreContract(open));
  describe('events', () => eventStoreContract(open));
  describe('tokens', () => tokenStoreContract(open));
  describe('isolation', () => isolationContract(open));
});

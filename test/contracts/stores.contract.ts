import { agencyStoreContract } from './agency-store.contract.ts';
import { apiKeyStoreContract } from './api-key-store.contract.ts';
import { bulkStoreContract } from './bulk-store.contract.ts';
import { catalogStoreContract } from './catalog-store.contract.ts';
import { clientStoreContract } from './client-store.contract.ts';
import { configurationStoreContract } from './configuration-store.contract.ts';
import { conflictStoreContract } from './conflict-store.contract.ts';
import { directoryGroupStoreContract } from './directory-group-store.contract.ts';
import { eventStoreContract } from './event-store.contract.ts';
import { groupMappingStoreContract } from './group-mapping-store.contract.ts';
import { historyStoreContract } from './history-store.contract.ts';
import { importStoreContract } from './import-store.contract.ts';
import { interviewStoreContract } from './interview-store.contract.ts';
import { isolationContract } from './isolation.contract.ts';
import { keptAnswerStoreContract } from './kept-answer-store.contract.ts';
import { membershipContract } from './membership.contract.ts';
import type { OpenStores } from './open-stores.ts';
import { integrationStoreContract, organizationStoreContract } from './organization-store.contract.ts';
import { resourceListsContract } from './resource-lists.contract.ts';
import { resourceStoreContract } from './resource-store.contract.ts';
import { runStoreContract } from './run-store.contract.ts';
import { removalStoreContract, syncStateStoreContract } from './sync-stores.contract.ts';
import { tokenStoreContract } from './token-store.contract.ts';
import { userBulkContract } from './user-bulk.contract.ts';
import { userListsContract } from './user-lists.contract.ts';
import { userOrdersContract } from './user-orders.contract.ts';
import { userStoreContract } from './user-store.contract.ts';
import { watchStoreContract } from './watch-store.contract.ts';

/** What everything durable beside people promises, on whichever store. */
export function storesContract(open: OpenStores): void {
  describe('organizations', () => organizationStoreContract(open));
  describe('integrations', () => integrationStoreContract(open));
  describe('runs', () => runStoreContract(open));
  describe('conflicts', () => conflictStoreContract(open));
  describe('events', () => eventStoreContract(open));
  describe('history', () => historyStoreContract(open));
  describe('kept answers', () => keptAnswerStoreContract(open));
  describe('tokens', () => tokenStoreContract(open));
  describe('configurations', () => configurationStoreContract(open));
  describe('watches', () => watchStoreContract(open));
  describe('sync states', () => syncStateStoreContract(open));
  describe('removals', () => removalStoreContract(open));
  describe('interviews', () => interviewStoreContract(open));
  describe('agencies', () => agencyStoreContract(open));
  describe('imports', () => importStoreContract(open));
  describe('catalog', () => catalogStoreContract(open));
  describe('group mappings', () => groupMappingStoreContract(open));
  describe('directory groups', () => directoryGroupStoreContract(open));
  describe('bulk actions', () => bulkStoreContract(open));
  describe('keys of organizations', () => apiKeyStoreContract(open));
  describe('clients', () => clientStoreContract(open));
  describe('isolation', () => isolationContract(open));
}

/** What every home of people promises. */
export function usersContract(open: OpenStores): void {
  userStoreContract(open);
  describe('in bulk', () => userBulkContract(open));
  describe('lists', () => userListsContract(open));
  describe('orders', () => userOrdersContract(open));
}

/** What every home of groups and other resources promises. */
export function resourcesContract(open: OpenStores): void {
  resourceStoreContract(open);
  describe('lists', () => resourceListsContract(open));
  describe('members', () => membershipContract(open));
}

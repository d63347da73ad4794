import type { mongo } from 'mongoose';
import { USER_INDEXES, USERS } from './user-schema.ts';

export interface IndexDeclaration {
  readonly name: string;
  readonly key: { readonly [field: string]: 1 | -1 };
  readonly unique?: true;
  readonly partialFilterExpression?: mongo.Document;
  readonly expireAfterSeconds?: number;
}

export interface CollectionDeclaration {
  readonly name: string;
  readonly indexes: readonly IndexDeclaration[];
}

export const COLLECTION = {
  users: USERS,
  organizations: 'organizations',
  integrations: 'integrations',
  connections: 'scim_connections',
  agencies: 'agencies',
  clients: 'scim_clients',
  apiKeys: 'api_key_rings',
  watches: 'scim_watches',
  syncStates: 'sync_states',
  removals: 'pending_removals',
  interviews: 'interviews',
  imports: 'imports',
  importParts: 'import_parts',
  bulks: 'bulks',
  bulkPages: 'bulk_pages',
  members: 'run_members',
  runs: 'runs',
  batches: 'run_batches',
  staged: 'run_staged',
  conflicts: 'conflicts',
  events: 'events',
  alerts: 'alerts',
  history: 'user_history',
  keptAnswers: 'kept_answers',
  configurations: 'scim_configurations',
  catalog: 'catalog',
  groupMappings: 'group_mappings',
  directoryGroups: 'directory_groups',
  directoryMembers: 'directory_members',
  resources: 'resources',
  memberships: 'memberships',
  migrations: 'migrations',
} as const;

/** No two connections of an organization have one name. Rows of an earlier version, all of them `default`, have no key. */
export const CONNECTION_NAMES: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.connections,
    indexes: [
      {
        name: 'scim_connections_name',
        key: { organization: 1, nameKey: 1 },
        unique: true,
        partialFilterExpression: { nameKey: { $exists: true } },
      },
    ],
  },
];

/** CSV files on their way in, and their rows. */
export const IMPORT_COLLECTIONS: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.imports,
    indexes: [
      { name: 'imports_organization', key: { organization: 1, id: -1 } },
      { name: 'imports_unfinished', key: { id: 1 }, partialFilterExpression: { unfinished: true } },
      { name: 'imports_expires', key: { expires: 1 }, partialFilterExpression: { expires: { $type: 'string' } } },
    ],
  },
  {
    name: COLLECTION.importParts,
    indexes: [{ name: 'import_parts_import', key: { organization: 1, import: 1 } }],
  },
];

const MEMBER_DAYS = 30;

/** How integrations fare, absences that wait, and the group members that runs have read. */
export const SYNC_COLLECTIONS: readonly CollectionDeclaration[] = [
  { name: COLLECTION.watches, indexes: [] },
  { name: COLLECTION.syncStates, indexes: [] },
  {
    name: COLLECTION.removals,
    indexes: [{ name: 'pending_removals_source', key: { organization: 1, source: 1, externalId: 1 } }],
  },
  {
    name: COLLECTION.members,
    indexes: [
      { name: 'run_members_run', key: { run: 1, externalId: 1 } },
      { name: 'run_members_at', key: { at: 1 }, expireAfterSeconds: MEMBER_DAYS * 86_400 },
    ],
  },
];

/** Found by their key. */
export const HISTORY_COLLECTIONS: readonly CollectionDeclaration[] = [{ name: COLLECTION.history, indexes: [] }];

export const CLIENTS: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.clients,
    indexes: [{ name: 'scim_clients_connection', key: { organization: 1, connection: 1, _id: 1 } }],
  },
];

const TOMBSTONE_DAYS = 30;

/** What a taken-over run left in the place of people it meant to insert goes away by itself. */
const TOMBSTONES: IndexDeclaration = {
  name: 'users_tombstones',
  key: { fencedAt: 1 },
  partialFilterExpression: { fencedAt: { $exists: true } },
  expireAfterSeconds: TOMBSTONE_DAYS * 86_400,
};

/** The collections of the first migration. One that was released is never changed: a new migration follows. */
export const FIRST_COLLECTIONS: readonly CollectionDeclaration[] = [
  { name: COLLECTION.users, indexes: [...USER_INDEXES, TOMBSTONES] },
  {
    name: COLLECTION.organizations,
    indexes: [{ name: 'organizations_sweeping', key: { sweeping: 1 }, partialFilterExpression: { sweeping: true } }],
  },
  {
    name: COLLECTION.integrations,
    indexes: [
      { name: 'integrations_organization', key: { organization: 1 } },
      { name: 'integrations_due', key: { nextDue: 1 }, partialFilterExpression: { nextDue: { $type: 'string' } } },
      { name: 'integrations_sealed', key: { sealed: 1 }, partialFilterExpression: { sealed: true } },
    ],
  },
  {
    name: COLLECTION.connections,
    indexes: [
      { name: 'scim_connections_organization', key: { organization: 1 } },
      unique('scim_connections_token', 'tokens.id'),
      unique('scim_connections_key', 'tokens.keyId'),
    ],
  },
  {
    name: COLLECTION.runs,
    indexes: [
      { name: 'runs_organization', key: { organization: 1, _id: -1 } },
      { name: 'runs_source', key: { organization: 1, source: 1, _id: -1 } },
      {
        name: 'runs_unfinished',
        key: { organization: 1, integration: 1 },
        unique: true,
        partialFilterExpression: { unfinished: true },
      },
      { name: 'runs_waiting', key: { unfinished: 1, _id: 1 }, partialFilterExpression: { unfinished: true } },
    ],
  },
  { name: COLLECTION.batches, indexes: [{ name: 'run_batches_run', key: { run: 1, n: 1 } }] },
  { name: COLLECTION.staged, indexes: [{ name: 'run_staged_run', key: { run: 1, n: 1 } }] },
  {
    name: COLLECTION.conflicts,
    indexes: [
      { name: 'conflicts_key', key: { organization: 1, key: 1, living: -1, _id: -1 } },
      {
        name: 'conflicts_living',
        key: { organization: 1, key: 1 },
        unique: true,
        partialFilterExpression: { living: true },
      },
      { name: 'conflicts_state', key: { organization: 1, state: 1, _id: -1 } },
      { name: 'conflicts_email', key: { organization: 1, email: 1 }, partialFilterExpression: { state: 'open' } },
      { name: 'conflicts_user', key: { organization: 1, user: 1 }, partialFilterExpression: { state: 'open' } },
      {
        name: 'conflicts_waiting',
        key: { id: 1 },
        partialFilterExpression: { state: 'open', kind: 'email_taken' },
      },
    ],
  },
  {
    name: COLLECTION.events,
    indexes: [{ name: 'events_sequence', key: { organization: 1, sequence: 1 }, unique: true }],
  },
  { name: COLLECTION.alerts, indexes: [{ name: 'alerts_at', key: { at: 1 } }] },
];

/** Found by their organization, which is their key. */
export const CONFIGURATION_COLLECTIONS: readonly CollectionDeclaration[] = [
  { name: COLLECTION.configurations, indexes: [] },
];

function unique(name: string, field: string): IndexDeclaration {
  return { name, key: { [field]: 1 }, unique: true, partialFilterExpression: { [field]: { $exists: true } } };
}

import { fold } from '../../core/fold.ts';
import type { Interview } from '../../core/interview.ts';
import type { Organization } from '../../core/organization.ts';
import type { ScimClient } from '../../core/scim-client.ts';
import type { ScimConfiguration } from '../../core/scim-configuration.ts';
import { type StoredConnection, wholeConnection } from '../../core/scim-connection.ts';
import type { PendingRemoval } from '../../core/sync-state.ts';
import { createApiKeyShelf } from './api-keys.ts';
import { createAgencyShelf } from './archive-agencies.ts';
import { clientRow, INSERT_CLIENT } from './clients.ts';
import { toConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { toIntegration } from './integrations.ts';
import { createInterviewRows } from './interviews.ts';
import { keptAnswerDocuments } from './kept-answers.ts';
import { isSweeping } from './organizations.ts';
import { INSERT_REMOVAL, removalRow } from './removals.ts';
import { AS_WRITTEN, createShelf } from './shelf.ts';
import type { Row } from './statements.ts';
import { syncStateDocuments } from './sync-states.ts';
import { connectionRow, toToken } from './tokens.ts';
import type { VersionedDocuments } from './versioned-documents.ts';
import { watchDocuments } from './watches.ts';

const DOCUMENT = { ...AS_WRITTEN, columns: 'document' } as const;

/** Organizations with what hangs on them beside people and runs, as entries of an archive. */
export function createAccountShelves(database: Database) {
  return {
    organizations: createOrganizationShelf(database),
    integrations: createIntegrationShelf(database),
    connections: createConnectionShelf(database),
    tokens: createTokenShelf(database),
    configurations: createConfigurationShelf(database),
    agencies: createAgencyShelf(database),
    clients: createClientShelf(database),
    keptAnswers: createVersionedShelf(database, 'kept_answers', keptAnswerDocuments(database)),
    watches: createVersionedShelf(database, 'scim_watches', watchDocuments(database)),
    syncStates: createVersionedShelf(database, 'sync_states', syncStateDocuments(database)),
    removals: createRemovalShelf(database),
    interviews: createInterviewShelf(database),
    apiKeys: createApiKeyShelf(database),
    conflicts: createConflictShelf(database),
  };
}

function createOrganizationShelf(database: Database) {
  return createShelf<Organization>(database, {
    ...DOCUMENT,
    from: 'organizations',
    toEntry: read<Organization>,
    insert(organizations) {
      const insert = database.sql(`INSERT INTO organizations (id, version, sweeping, document) VALUES (?, ?, ?, ?)
        ON CONFLICT (id) DO NOTHING`);
      for (const organization of organizations) {
        const { id, version } = organization;
        insert.run(id, version, isSweeping(organization), JSON.stringify(organization));
      }
    },
  });
}

function createIntegrationShelf(database: Database) {
  return createShelf(database, {
    ...AS_WRITTEN,
    columns: 'tenant, next_due, document',
    from: 'integrations',
    toEntry: toIntegration,
    insert(integrations) {
      const insert = database.sql(`INSERT INTO integrations (organization, source, tenant, next_due, sealed, document)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (organization, source) DO NOTHING`);
      for (const integration of integrations) {
        const { organizationId, source, tenant, nextDueAt, sealedCredentials } = integration;
        const sealed = Number(sealedCredentials !== '');
        insert.run(organizationId, source, tenant, nextDueAt, sealed, JSON.stringify(integration));
      }
    },
  });
}

function createConnectionShelf(database: Database) {
  return createShelf(database, {
    ...DOCUMENT,
    from: 'scim_connections',
    toEntry: (row) => wholeConnection(read<StoredConnection>(row)),
    insert(connections) {
      const insert = database.sql(`INSERT INTO scim_connections (organization, id, version, name_key, document)
        VALUES (?, ?, ?, ?, ?) ON CONFLICT (organization, id) DO NOTHING`);
      for (const connection of connections) insert.run(...connectionRow(connection));
    },
  });
}

function createTokenShelf(database: Database) {
  return createShelf(database, {
    ...AS_WRITTEN,
    columns: 'expires, revoked, last_used, last_user_agent, document',
    from: 'scim_tokens',
    toEntry: toToken,
    insert(tokens) {
      const insert = database.sql(`INSERT INTO scim_tokens
        (organization, id, connection, key_id, expires, revoked, last_used, last_user_agent, document)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`);
      for (const token of tokens) {
        const { organizationId, id, connectionId, keyId, expiresAt, revokedAt, lastUsedAt, lastUserAgent } = token;
        const state = [revokedAt, lastUsedAt, lastUserAgent];
        insert.run(organizationId, id, connectionId, keyId, expiresAt, ...state, JSON.stringify(token));
      }
    },
  });
}

function createConfigurationShelf(database: Database) {
  return createShelf<ScimConfiguration>(database, {
    ...DOCUMENT,
    from: 'scim_configurations',
    toEntry: read<ScimConfiguration>,
    insert(configurations) {
      const insert = database.sql(`INSERT INTO scim_configurations (organization, version, document) VALUES (?, ?, ?)
        ON CONFLICT (organization) DO NOTHING`);
      for (const configuration of configurations)
        insert.run(configuration.organizationId, configuration.version, JSON.stringify(configuration));
    },
  });
}

function createClientShelf(database: Database) {
  return createShelf<ScimClient>(database, {
    ...DOCUMENT,
    from: 'scim_clients',
    toEntry: read<ScimClient>,
    insert(clients) {
      const insert = database.sql(`${INSERT_CLIENT} ON CONFLICT (id) DO NOTHING`);
      for (const client of clients) insert.run(...clientRow(client));
    },
  });
}

function createVersionedShelf<Entry extends { readonly organizationId: string; readonly version: number }>(
  database: Database,
  from: string,
  documents: VersionedDocuments<Entry>,
) {
  return createShelf<Entry>(database, {
    ...DOCUMENT,
    from,
    toEntry: read<Entry>,
    insert(entries) {
      for (const entry of entries) documents.insert(entry);
    },
  });
}

function createRemovalShelf(database: Database) {
  return createShelf<PendingRemoval>(database, {
    ...DOCUMENT,
    from: 'pending_removals',
    toEntry: read<PendingRemoval>,
    insert(removals) {
      const insert = database.sql(INSERT_REMOVAL);
      for (const removal of removals) insert.run(...removalRow(removal));
    },
  });
}

function createInterviewShelf(database: Database) {
  const rows = createInterviewRows(database);
  return createShelf<Interview>(database, {
    ...DOCUMENT,
    from: 'interviews',
    toEntry: read<Interview>,
    insert(interviews) {
      for (const interview of interviews) if (!rows.has(interview)) rows.add(interview);
    },
  });
}

function createConflictShelf(database: Database) {
  return createShelf(database, {
    ...AS_WRITTEN,
    columns: 'state, updated, document',
    from: 'conflicts',
    toEntry: toConflict,
    insert(conflicts) {
      const insert = database.sql(`INSERT INTO conflicts
        (organization, id, key, kind, user, email, state, updated, document)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (organization, id) DO NOTHING`);
      for (const conflict of conflicts) {
        const { organizationId, id, key, kind, userId, email, state, updatedAt } = conflict;
        const emailKey = email === null ? null : fold(email);
        insert.run(organizationId, id, key, kind, userId, emailKey, state, updatedAt, JSON.stringify(conflict));
      }
    },
  });
}

function read<T>(row: Row): T {
  return JSON.parse(row.document as string) as T;
}

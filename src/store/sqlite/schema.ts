import { AGENCIES } from './agency-schema.ts';
import { API_KEYS } from './api-key-schema.ts';
import { BULKS } from './bulk-schema.ts';
import { CATALOG, CATALOG_THERE } from './catalog-schema.ts';
import { CLIENTS, CONNECTION_NAMES, WATCHES } from './connection-schema.ts';
import type { Database } from './database.ts';
import { DIRECTORY_GROUPS } from './directory-groups.ts';
import { fillEmployeeNumbers } from './fill-employee-numbers.ts';
import { fillFoundBy } from './fill-found-by.ts';
import { FOUND_BY } from './found-by-schema.ts';
import { GROUP_MAPPINGS } from './group-mappings.ts';
import { HISTORY } from './history.ts';
import { IMPORTS } from './import-schema.ts';
import { DOUBTS, INTERVIEWS, UNTOLD_INTERVIEWS } from './interview-schema.ts';
import { KEPT_ANSWERS } from './kept-answers.ts';
import { RESOURCES } from './resource-schema.ts';
import { RUN_TIMES, SYNC_STATES } from './sync-schema.ts';
import { ORDERS, PICKED_BY, SEEN, STATISTICS, USERS } from './user-schema.ts';

export interface Migration {
  readonly name: string;
  readonly script: string;
  /** What no script can say; in the same transaction, after it. */
  readonly fill?: (database: Database) => void;
}

const EVENTS = `
  CREATE TABLE outbox (
    n INTEGER PRIMARY KEY,
    organization INTEGER NOT NULL,
    id TEXT NOT NULL,
    event TEXT NOT NULL
  ) STRICT;
  CREATE TABLE events (
    organization INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    id TEXT NOT NULL,
    event TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_sequence ON events (organization, sequence);
  CREATE UNIQUE INDEX events_id ON events (organization, id);
`;

const ORGANIZATIONS = `
  CREATE TABLE organizations (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    sweeping INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX organizations_id ON organizations (id);
  CREATE INDEX organizations_sweeping ON organizations (id) WHERE sweeping = 1;

  CREATE TABLE integrations (
    organization TEXT NOT NULL,
    source TEXT NOT NULL,
    tenant TEXT,
    next_due TEXT,
    sealed INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX integrations_source ON integrations (organization, source);
  CREATE INDEX integrations_due ON integrations (next_due) WHERE next_due IS NOT NULL;

  CREATE TABLE scim_connections (
    organization TEXT NOT NULL,
    id TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX scim_connections_id ON scim_connections (organization, id);

  CREATE TABLE scim_tokens (
    organization TEXT NOT NULL,
    id TEXT NOT NULL,
    connection TEXT NOT NULL,
    key_id TEXT NOT NULL,
    expires TEXT NOT NULL,
    revoked TEXT,
    last_used TEXT,
    last_user_agent TEXT,
    document TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX scim_tokens_id ON scim_tokens (id);
  CREATE UNIQUE INDEX scim_tokens_key_id ON scim_tokens (key_id);
  CREATE INDEX scim_tokens_connection ON scim_tokens (organization, connection);
`;

const RUNS = `
  CREATE TABLE runs (
    organization TEXT NOT NULL,
    id TEXT NOT NULL,
    integration TEXT NOT NULL,
    source TEXT NOT NULL,
    unfinished INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    lease_owner TEXT,
    lease_until INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX runs_id ON runs (id);
  CREATE UNIQUE INDEX runs_organization ON runs (organization, id);
  CREATE INDEX runs_source ON runs (organization, source, id);
  CREATE UNIQUE INDEX runs_unfinished ON runs (organization, integration) WHERE unfinished = 1;

  CREATE TABLE run_reasons (
    run TEXT NOT NULL,
    first INTEGER NOT NULL,
    reasons TEXT NOT NULL,
    PRIMARY KEY (run, first)
  ) STRICT;

  CREATE TABLE presence (
    run TEXT NOT NULL,
    page INTEGER NOT NULL,
    external_ids TEXT NOT NULL,
    PRIMARY KEY (run, page)
  ) STRICT;

  CREATE TABLE staged (
    run TEXT NOT NULL,
    external_id TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (run, external_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE conflicts (
    organization TEXT NOT NULL,
    id TEXT NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    user TEXT,
    email TEXT,
    state TEXT NOT NULL,
    updated TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX conflicts_id ON conflicts (organization, id);
  CREATE INDEX conflicts_key ON conflicts (organization, key);
  CREATE UNIQUE INDEX conflicts_living ON conflicts (organization, key) WHERE state IN ('open', 'accepted');
  CREATE INDEX conflicts_state ON conflicts (organization, state, id);
  CREATE INDEX conflicts_email ON conflicts (organization, email) WHERE state = 'open' AND email IS NOT NULL;
  CREATE INDEX conflicts_user ON conflicts (organization, user) WHERE state = 'open' AND user IS NOT NULL;
`;

const MOVES = `
  CREATE TABLE moves (
    n INTEGER PRIMARY KEY CHECK (n = 1),
    document TEXT NOT NULL
  ) STRICT;
`;

const CONFIGURATIONS = `
  CREATE TABLE scim_configurations (
    organization TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
`;

/** In order; the position is the number. A migration that was released is never changed: a new one follows. */
export const MIGRATIONS: readonly Migration[] = [
  { name: 'first tables', script: USERS + EVENTS + ORGANIZATIONS + RUNS + STATISTICS },
  { name: 'the move a store is the target of', script: MOVES },
  { name: 'starts of runs', script: 'ALTER TABLE runs ADD COLUMN starts INTEGER NOT NULL DEFAULT 0' },
  { name: 'names of SCIM connections', script: CONNECTION_NAMES },
  { name: 'the orders of lists', script: ORDERS },
  { name: 'schemas and resource types of organizations', script: CONFIGURATIONS },
  { name: 'OAuth clients of SCIM connections', script: CLIENTS },
  { name: 'groups and other resources', script: RESOURCES },
  { name: 'deactivations by SCIM connections', script: WATCHES },
  { name: 'how integrations fare', script: SYNC_STATES },
  { name: 'what people are filtered by', script: FOUND_BY, fill: fillFoundBy },
  { name: 'what became of people', script: HISTORY },
  { name: 'interviews', script: INTERVIEWS },
  { name: 'agencies', script: AGENCIES },
  { name: 'CSV files on their way in', script: IMPORTS },
  { name: 'roles, scopes and pools', script: CATALOG },
  { name: 'runs by their time', script: RUN_TIMES },
  { name: 'actions on many people', script: BULKS },
  { name: 'keys of organizations', script: API_KEYS },
  { name: 'answers kept for clients', script: KEPT_ANSWERS },
  { name: 'people by their employee number', script: '', fill: fillEmployeeNumbers },
  { name: 'interviews people were not told of', script: UNTOLD_INTERVIEWS },
  { name: 'interviews in doubt', script: DOUBTS },
  { name: 'what groups give', script: GROUP_MAPPINGS },
  { name: 'who is in groups of directories', script: DIRECTORY_GROUPS },
  { name: 'roles, scopes and pools that are gone', script: CATALOG_THERE },
  { name: 'the few who are picked by a column', script: PICKED_BY },
  { name: 'when SCIM last saw people change', script: SEEN },
];

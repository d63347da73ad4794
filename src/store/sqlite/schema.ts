export interface Migration {
  readonly name: string;
  readonly script: string;
}

const USERS = `
  CREATE TABLE interned (
    n INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
  ) STRICT;

  CREATE TABLE users (
    n INTEGER PRIMARY KEY,
    organization INTEGER NOT NULL,
    id TEXT NOT NULL,
    settings_version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    created TEXT NOT NULL,
    updated_day TEXT NOT NULL,
    scim_id TEXT,
    scope INTEGER,
    user_name TEXT,
    former_user_name TEXT,
    external_id TEXT,
    email TEXT,
    display_name TEXT,
    family_name TEXT,
    given_name TEXT,
    active INTEGER NOT NULL,
    emails TEXT NOT NULL,
    sources TEXT NOT NULL,
    source_keys TEXT NOT NULL,
    search TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX users_id ON users (organization, id);
  CREATE INDEX users_organization ON users (organization);
  CREATE UNIQUE INDEX users_scim_id ON users (organization, scim_id) WHERE scim_id IS NOT NULL;
  CREATE UNIQUE INDEX users_email ON users (organization, email) WHERE email IS NOT NULL;
  CREATE UNIQUE INDEX users_user_name ON users (organization, user_name) WHERE user_name IS NOT NULL;
  CREATE INDEX users_former_user_name ON users (organization, former_user_name) WHERE former_user_name IS NOT NULL;
  CREATE INDEX users_scope ON users (organization, scope) WHERE scope IS NOT NULL;
  CREATE INDEX users_status ON users (organization, status);
  CREATE INDEX users_agency ON users (organization) WHERE kind = 'agency';
  CREATE INDEX users_display_name ON users (organization, display_name) WHERE display_name IS NOT NULL;
  CREATE INDEX users_family_name ON users (organization, family_name) WHERE family_name IS NOT NULL;
  CREATE INDEX users_given_name ON users (organization, given_name) WHERE given_name IS NOT NULL;
  CREATE INDEX users_updated_day ON users (organization, updated_day);

  CREATE TABLE documents (
    n INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    updated TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;

  CREATE TABLE user_emails (
    organization INTEGER NOT NULL,
    email TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (organization, email, n)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE source_keys (
    organization INTEGER NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    connection INTEGER NOT NULL,
    n INTEGER NOT NULL,
    activity TEXT NOT NULL,
    present INTEGER NOT NULL,
    PRIMARY KEY (organization, source, external_id, connection)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE counters (
    organization INTEGER NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (organization, name)
  ) STRICT, WITHOUT ROWID;
`;

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

/**
 * What the planner shall believe about sizes: one large organization. Fixed figures instead of ANALYZE keep the plans the same on
 * every machine and from the first person on; without them SQLite takes an organization for ten rows and scans it.
 */
const STATISTICS = `
  ANALYZE sqlite_schema;
  DELETE FROM sqlite_stat1;
  INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('users', 'users_id', '50000 25000 1'),
    ('users', 'users_organization', '50000 25000'),
    ('users', 'users_scim_id', '50000 25000 1'),
    ('users', 'users_email', '50000 25000 1'),
    ('users', 'users_user_name', '50000 25000 1'),
    ('users', 'users_former_user_name', '500 250 2'),
    ('users', 'users_scope', '50000 25000 12000'),
    ('users', 'users_status', '50000 25000 6000'),
    ('users', 'users_agency', '500 250'),
    ('users', 'users_display_name', '50000 25000 3'),
    ('users', 'users_family_name', '50000 25000 10'),
    ('users', 'users_given_name', '50000 25000 30'),
    ('users', 'users_updated_day', '50000 25000 500'),
    ('documents', NULL, '50000'),
    ('user_emails', 'user_emails', '10000 5000 1 1'),
    ('source_keys', 'source_keys', '90000 45000 22000 1 1');
  ANALYZE sqlite_schema;
`;

/** In order; the position is the number. A migration that was released is never changed: a new one follows. */
export const MIGRATIONS: readonly Migration[] = [
  { name: 'first tables', script: USERS + EVENTS + ORGANIZATIONS + RUNS + STATISTICS },
];

/** People: a document each, shadow columns to find them by, and the tables a person has any number of rows in. */
export const USERS = `
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
    hash TEXT,
    granted INTEGER NOT NULL,
    PRIMARY KEY (organization, source, external_id, connection)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE counters (
    organization INTEGER NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (organization, name)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * What the planner shall believe about sizes: one large organization. Fixed figures instead of ANALYZE keep the plans the same on
 * every machine and from the first person on; without them SQLite takes an organization for ten rows and scans it.
 */
export const STATISTICS = `
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

/**
 * When SCIM last saw people change: of everybody the day, and the time of those only who were written since. Nobody has been written
 * without SCIM being told when this is done.
 */
export const SEEN = `
  ALTER TABLE users ADD COLUMN seen_day TEXT NOT NULL DEFAULT '';
  ALTER TABLE documents ADD COLUMN seen TEXT;
  UPDATE users SET seen_day = updated_day;
  CREATE INDEX users_seen_day ON users (organization, seen_day);
  INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('users', 'users_seen_day', '50000 25000 500');
  ANALYZE sqlite_schema;
`;

/** The indexes that lists are ordered by: of names also who has none, and the few who are not active. */
export const ORDERS = `
  DROP INDEX users_display_name;
  DROP INDEX users_family_name;
  DROP INDEX users_given_name;
  CREATE INDEX users_display_name ON users (organization, display_name);
  CREATE INDEX users_family_name ON users (organization, family_name);
  CREATE INDEX users_given_name ON users (organization, given_name);
  CREATE INDEX users_created ON users (organization, created);
  CREATE INDEX users_inactive ON users (organization, scope) WHERE active = 0;
  CREATE INDEX users_unnamed ON users (organization) WHERE user_name IS NULL AND scope IS NOT NULL;
  INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('users', 'users_display_name', '50000 25000 3'),
    ('users', 'users_family_name', '50000 25000 10'),
    ('users', 'users_given_name', '50000 25000 30'),
    ('users', 'users_created', '50000 25000 2'),
    ('users', 'users_inactive', '2500 1250 600'),
    ('users', 'users_unnamed', '10 5');
  ANALYZE sqlite_schema;
`;

/**
 * The indexes of the few who are not active, and of agency people, with the very column that picks them: an index that answers for
 * a column it does not have fails in SQLite 3.51 to 3.53 ("internal query planner error") once several parts of an `OR` are led by it.
 */
export const PICKED_BY = `
  DROP INDEX users_inactive;
  DROP INDEX users_agency;
  CREATE INDEX users_inactive ON users (organization, scope, active) WHERE active = 0;
  CREATE INDEX users_agency ON users (organization, kind) WHERE kind = 'agency';
  INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('users', 'users_inactive', '2500 1250 600 600'),
    ('users', 'users_agency', '500 250 250');
  ANALYZE sqlite_schema;
`;

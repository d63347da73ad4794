/**
 * Groups and other resources: a document each with shadow columns, and rows for claims and members. `space` is the number of
 * organization, connection and type together.
 */
export const RESOURCES = `
  ALTER TABLE users ADD COLUMN shown_name TEXT;
  ALTER TABLE users ADD COLUMN former_scim_ids TEXT NOT NULL DEFAULT '[]';
  CREATE TABLE former_scim_ids (
    organization INTEGER NOT NULL,
    scim_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (organization, scim_id, n)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE resources (
    n INTEGER PRIMARY KEY,
    space INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    external_id TEXT,
    display_name TEXT,
    shown_name TEXT,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    claims TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX resources_id ON resources (space, id);
  CREATE INDEX resources_space ON resources (space);
  CREATE INDEX resources_external_id ON resources (space, external_id) WHERE external_id IS NOT NULL;
  CREATE INDEX resources_display_name ON resources (space, display_name) WHERE display_name IS NOT NULL;
  CREATE INDEX resources_created ON resources (space, created);
  CREATE INDEX resources_updated ON resources (space, updated);

  CREATE TABLE resource_claims (
    space INTEGER NOT NULL,
    claim TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (space, claim)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE removed_resources (
    space INTEGER NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (space, id)
  ) STRICT;

  CREATE TABLE memberships (
    n INTEGER NOT NULL,
    member TEXT NOT NULL,
    kind TEXT NOT NULL,
    display TEXT,
    since INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (n, member)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX memberships_member ON memberships (member);

  INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('former_scim_ids', 'former_scim_ids', '1000 500 1 1'),
    ('resources', 'resources_id', '5000 2500 1'),
    ('resources', 'resources_space', '5000 2500'),
    ('resources', 'resources_external_id', '5000 2500 1'),
    ('resources', 'resources_display_name', '5000 2500 1'),
    ('resources', 'resources_created', '5000 2500 2'),
    ('resources', 'resources_updated', '5000 2500 2'),
    ('resource_claims', 'resource_claims', '5000 2500 1'),
    ('removed_resources', 'sqlite_autoindex_removed_resources_1', '1000 500 1'),
    ('memberships', 'memberships', '500000 100 1'),
    ('memberships', 'memberships_member', '500000 10');
  ANALYZE sqlite_schema;
`;

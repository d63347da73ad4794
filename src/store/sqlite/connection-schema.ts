/** Connections can be changed by compare-and-swap, and no two of an organization have one name. */
export const CONNECTION_NAMES = `
  ALTER TABLE scim_connections ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE scim_connections ADD COLUMN name_key TEXT;
  UPDATE scim_connections SET name_key = lower(json_extract(document, '$.name'));
  CREATE UNIQUE INDEX scim_connections_name ON scim_connections (organization, name_key);
`;

export const CLIENTS = `
  CREATE TABLE scim_clients (
    organization TEXT NOT NULL,
    id TEXT NOT NULL,
    connection TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX scim_clients_id ON scim_clients (id);
  CREATE INDEX scim_clients_connection ON scim_clients (organization, connection, id);
`;

export const WATCHES = `
  CREATE TABLE scim_watches (
    organization TEXT NOT NULL,
    connection TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (organization, connection)
  ) STRICT;
`;

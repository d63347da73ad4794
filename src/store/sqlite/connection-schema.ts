/** Connections can be changed by compare-and-swap, and no two of an organization have one name. */
export const CONNECTION_NAMES = `
  ALTER TABLE scim_connections ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE scim_connections ADD COLUMN name_key TEXT;
  UPDATE scim_connections SET name_key = lower(json_extract(document, '$.name'));
  CREATE UNIQUE INDEX scim_connections_name ON scim_connections (organization, name_key);
`;

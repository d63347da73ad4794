/** What organizations name for their access; only uniquely named kinds have a name key. */
export const CATALOG = `
  CREATE TABLE catalog (
    organization TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    name_key TEXT,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (organization, kind, id)
  ) STRICT;
  CREATE UNIQUE INDEX catalog_name ON catalog (organization, kind, name_key) WHERE name_key IS NOT NULL;
`;

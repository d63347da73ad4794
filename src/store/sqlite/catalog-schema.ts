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

/** Not one that is gone. */
export const IS_THERE = "document ->> 'gone' IS NULL";

/** Lists pass over what is gone, however much that is. */
export const CATALOG_THERE = `
  CREATE INDEX catalog_there ON catalog (organization, kind, id) WHERE ${IS_THERE};
`;

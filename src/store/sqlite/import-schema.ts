export const IMPORTS = `
  CREATE TABLE imports (
    organization TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    unfinished INTEGER NOT NULL,
    expires TEXT,
    document TEXT NOT NULL,
    PRIMARY KEY (organization, id)
  ) STRICT;
  CREATE INDEX imports_unfinished ON imports (id) WHERE unfinished = 1;
  CREATE INDEX imports_expires ON imports (expires) WHERE expires IS NOT NULL;

  CREATE TABLE import_parts (
    organization TEXT NOT NULL,
    import TEXT NOT NULL,
    part TEXT NOT NULL,
    page INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (organization, import, part, page)
  ) STRICT;
`;

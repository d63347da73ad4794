/** Actions on many people: those under way, those to be erased, and their pages. */
export const BULKS = `
  CREATE TABLE bulks (
    organization TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    running INTEGER NOT NULL,
    expires TEXT,
    document TEXT NOT NULL,
    PRIMARY KEY (organization, id)
  ) STRICT;
  CREATE INDEX bulks_running ON bulks (id) WHERE running = 1;
  CREATE INDEX bulks_expires ON bulks (expires) WHERE running = 0 AND expires IS NOT NULL;

  CREATE TABLE bulk_pages (
    organization TEXT NOT NULL,
    bulk TEXT NOT NULL,
    part TEXT NOT NULL,
    page INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (organization, bulk, part, page)
  ) STRICT;
`;

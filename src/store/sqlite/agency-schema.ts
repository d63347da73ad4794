export const AGENCIES = `
  CREATE TABLE agencies (
    organization TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX agencies_id ON agencies (organization, id);
  CREATE INDEX agencies_state ON agencies (organization, state, id);
`;

/** Keys of organizations, and where a key is found by the part of it that is no secret. */
export const API_KEYS = `
  CREATE TABLE api_key_rings (
    organization TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;

  CREATE TABLE api_keys (
    key_id TEXT NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL
  ) STRICT;
  CREATE INDEX api_keys_organization ON api_keys (organization);
`;

/** What admins filter and sort people by. Rows there are get their values from `fillFoundBy`. */
export const FOUND_BY = `
  ALTER TABLE users ADD COLUMN name_key TEXT;
  ALTER TABLE users ADD COLUMN department TEXT;
  ALTER TABLE users ADD COLUMN location TEXT;
  ALTER TABLE users ADD COLUMN level TEXT NOT NULL DEFAULT 'limited';
  ALTER TABLE users ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
  CREATE INDEX users_name ON users (organization, name_key);
  CREATE INDEX users_department ON users (organization, department) WHERE department IS NOT NULL;
  CREATE INDEX users_location ON users (organization, location) WHERE location IS NOT NULL;
  CREATE INDEX users_level ON users (organization, level) WHERE level <> 'limited';

  CREATE TABLE user_tags (
    organization INTEGER NOT NULL,
    tag TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (organization, tag, n)
  ) STRICT, WITHOUT ROWID;

  INSERT INTO counters (organization, name, value)
    SELECT organization, 'agency:' || status, count(*) FROM users WHERE kind = 'agency' GROUP BY organization, status;

  INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('users', 'users_name', '50000 25000 3'),
    ('users', 'users_department', '50000 25000 500'),
    ('users', 'users_location', '50000 25000 500'),
    ('users', 'users_level', '500 250 100'),
    ('user_tags', 'user_tags', '20000 10000 100 1');
  ANALYZE sqlite_schema;
`;

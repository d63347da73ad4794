/** How integrations fare, absences that wait, and the group members a run has read. */
export const SYNC_STATES = `
  CREATE TABLE sync_states (
    organization TEXT NOT NULL,
    source TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (organization, source)
  ) STRICT;

  CREATE TABLE pending_removals (
    organization TEXT NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    due TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (organization, source, external_id)
  ) STRICT;

  CREATE TABLE run_members (
    run TEXT NOT NULL,
    external_id TEXT NOT NULL,
    group_key TEXT NOT NULL,
    PRIMARY KEY (run, external_id, group_key)
  ) STRICT, WITHOUT ROWID;
`;

/** Old runs are found by their time, however many younger ones there are. */
export const RUN_TIMES = `
  CREATE INDEX runs_created ON runs (organization, source, json_extract(document, '$.createdAt')) WHERE unfinished = 0;
`;

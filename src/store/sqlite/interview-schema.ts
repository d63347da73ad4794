/** Interviews by start, and by each of their interviewers and start. */
export const INTERVIEWS = `
  CREATE TABLE interviews (
    organization TEXT NOT NULL,
    id TEXT NOT NULL,
    place TEXT NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX interviews_id ON interviews (organization, id);
  CREATE UNIQUE INDEX interviews_place ON interviews (organization, place);
  CREATE INDEX interviews_status ON interviews (organization, status, place);

  CREATE TABLE interviewers (
    organization TEXT NOT NULL,
    user TEXT NOT NULL,
    place TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (organization, user, place)
  ) STRICT, WITHOUT ROWID;
`;

/** Those booked before anybody could doubt them are in doubt: nobody has looked at them. */
export const DOUBT_BOOKED = "UPDATE interviews SET doubt = 'unseen' WHERE status = 'booked' AND doubt IS NULL";

export const DOUBTS = `
  ALTER TABLE interviews ADD COLUMN doubt TEXT;
  ${DOUBT_BOOKED};
  CREATE INDEX interviews_doubt ON interviews (organization, place) WHERE doubt IS NOT NULL;
`;

/** There is something in the interview that people were not told. */
export const UNTOLD = "json_extract(document, '$.untold') IS NOT NULL";

export const UNTOLD_INTERVIEWS = `CREATE INDEX interviews_untold ON interviews (organization, id) WHERE ${UNTOLD}`;

import type { KeptAnswer } from '../../core/kept-answer.ts';
import type { KeptAnswerStore } from '../../ports/kept-answer-store.ts';
import type { Database } from './database.ts';
import { LIMIT } from './fragments.ts';
import { type VersionedDocuments, versionedDocuments } from './versioned-documents.ts';

/** Answers by the key of the client; when one expires stands in its document. */
export const KEPT_ANSWERS = `
  CREATE TABLE kept_answers (
    organization TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    expires TEXT GENERATED ALWAYS AS (document ->> 'expiresAt') VIRTUAL
  ) STRICT;
  CREATE UNIQUE INDEX kept_answers_key ON kept_answers (organization, key);
  CREATE INDEX kept_answers_expires ON kept_answers (expires);
`;

export function keptAnswerDocuments(database: Database): VersionedDocuments<KeptAnswer> {
  return versionedDocuments(database, { table: 'kept_answers', column: 'key', key: 'key', what: 'request' });
}

/** Kept answers in SQLite. */
export function createKeptAnswerStore(database: Database): KeptAnswerStore {
  const documents = keptAnswerDocuments(database);
  const prune = database.sql(`DELETE FROM kept_answers WHERE rowid IN
    (SELECT k.rowid FROM kept_answers k WHERE k.expires < ? ORDER BY k.expires ${LIMIT})`);
  return {
    get: async (organization, key) => documents.get(organization, key),
    save: async (entry) => documents.save(entry),
    prune: async (before, limit) => prune.run(before, limit).changes,
  };
}

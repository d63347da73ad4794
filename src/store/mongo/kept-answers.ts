import type { KeptAnswer } from '../../core/kept-answer.ts';
import type { KeptAnswerStore } from '../../ports/kept-answer-store.ts';
import type { Database } from './database.ts';
import { COLLECTION, type CollectionDeclaration } from './schema.ts';
import { type VersionedCollection, type VersionedRow, versionedDocuments } from './versioned-documents.ts';

/** Answers kept for clients that ask again; one goes away by itself when it has expired. */
export const KEPT_ANSWER_COLLECTIONS: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.keptAnswers,
    indexes: [{ name: 'kept_answers_expires', key: { expiresAt: 1 }, expireAfterSeconds: 0 }],
  },
];

export const KEPT_ANSWER_DOCUMENTS: VersionedCollection<KeptAnswer> = {
  name: COLLECTION.keptAnswers,
  key: 'key',
  what: 'request',
  expires: ({ expiresAt }) => new Date(expiresAt),
};

/** Kept answers in MongoDB, which forgets what has expired by itself, too. */
export function createKeptAnswerStore(database: Database): KeptAnswerStore {
  const rows = database.collection<VersionedRow>(COLLECTION.keptAnswers);
  return {
    ...versionedDocuments(database, KEPT_ANSWER_DOCUMENTS),
    async prune(before, limit) {
      const expired = { expiresAt: { $lt: new Date(before) } };
      const options = { projection: { _id: 1 }, sort: { expiresAt: 1 }, limit } as const;
      const keys = (await rows.find(expired, options).toArray()).map(({ _id }) => _id);
      if (keys.length === 0) return 0;
      return (await rows.deleteMany({ _id: { $in: keys }, ...expired })).deletedCount;
    },
  };
}

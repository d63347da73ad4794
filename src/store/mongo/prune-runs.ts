import type { RunStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import type { BatchRow, MemberRow, RunRow, StagedRow } from './run-rows.ts';
import { COLLECTION, type CollectionDeclaration } from './schema.ts';
import { insistently } from './unknown-results.ts';

const BY_TIME = { organization: 1, source: 1, 'document.createdAt': 1 } as const;

/** Old runs are found by their time, however many younger ones there are. */
export const RUN_TIMES: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.runs,
    indexes: [{ name: 'runs_created', key: BY_TIME }],
  },
];

/** Forgets old runs in MongoDB: first what lies beside them, so that whoever is interrupted finds the run again. */
export function createPrune(database: Database): RunStore['prune'] {
  const runs = database.collection<RunRow>(COLLECTION.runs);
  const batches = database.collection<BatchRow>(COLLECTION.batches);
  const staged = database.collection<StagedRow>(COLLECTION.staged);
  const members = database.collection<MemberRow>(COLLECTION.members);
  const byId = { projection: { _id: 1 } } as const;
  return async (organization, source, { before, newest, runId }, limit) => {
    const own = { organization, source };
    const [oldestKept] = await runs.find(own, { ...byId, sort: { _id: -1 }, skip: newest - 1, limit: 1 }).toArray();
    if (!oldestKept) return 0;
    const old = {
      ...own,
      _id: { $lt: oldestKept._id, ...(runId === null ? {} : { $ne: runId }) },
      unfinished: { $exists: false },
      'document.createdAt': { $lt: before },
    } as const;
    const ids = (
      await runs.find(old, { ...byId, sort: { 'document.createdAt': 1 }, hint: BY_TIME, limit }).toArray()
    ).map(({ _id }) => _id);
    if (ids.length === 0) return 0;
    const run = { $in: ids };
    await insistently(() => batches.deleteMany({ run }));
    await insistently(() => staged.deleteMany({ run }));
    await insistently(() => members.deleteMany({ run }));
    await insistently(() => runs.deleteMany({ _id: run }));
    return ids.length;
  };
}

import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';
import { type BatchContent, batchKey, memberRowsOf, stagedKey } from './run-batches.ts';
import type { BatchRow, MemberRow, RunRow, StagedRow } from './run-rows.ts';
import { COLLECTION } from './schema.ts';
import { insistently } from './unknown-results.ts';

/** What a batch of a moved run holds. */
export type MovedBatch = Pick<BatchContent, 'page' | 'externalIds' | 'staged' | 'members'>;

/**
 * Leaves batches beside a run that nobody works on, all in three writes. They count from the last one on, so what a killed process
 * left without making it count is taken away first.
 */
export function createAppendBatches(database: Database) {
  const runs = database.collection<RunRow>(COLLECTION.runs);
  const batches = database.collection<BatchRow>(COLLECTION.batches);
  const staged = database.collection<StagedRow>(COLLECTION.staged);
  const members = database.collection<MemberRow>(COLLECTION.members);

  async function append(run: string, moved: readonly MovedBatch[]): Promise<void> {
    const head = await runs.findOne({ _id: run }, { projection: { batches: 1, epoch: 1 } });
    if (!head) return;
    const after = { run, n: { $gt: head.batches } };
    await batches.deleteMany(after);
    await staged.deleteMany(after);
    await members.deleteMany(after);
    const made = moved.map((batch, index) => rowsOf(run, head.batches + 1 + index, head.epoch, batch));
    const changes = made.flatMap(({ changes }) => changes);
    if (changes.length > 0) await staged.insertMany(changes, { ordered: true });
    const joined = made.flatMap(({ joined }) => joined);
    if (joined.length > 0) await members.insertMany(joined, { ordered: true });
    await batches.insertMany(
      made.map(({ row }) => row),
      { ordered: true },
    );
    await runs.updateOne({ _id: run, batches: head.batches }, { $inc: { batches: made.length } });
  }

  return async (run: string, moved: readonly MovedBatch[]): Promise<void> => {
    if (moved.length > 0) await insistently(() => append(run, moved));
  };
}

function rowsOf(run: string, n: number, epoch: number, { staged, members, ...rest }: MovedBatch) {
  const token = randomUUID();
  const keys = staged ? { staged: staged.map(({ externalId }) => externalId) } : {};
  const row: BatchRow = { _id: batchKey(run, n), run, n, epoch, token, ...keys, ...rest };
  const changes: readonly StagedRow[] = (staged ?? []).map((change, index) => ({
    _id: stagedKey(run, n, token, index),
    run,
    n,
    change: JSON.stringify(change),
  }));
  return { row, changes, joined: memberRowsOf(run, n, token, members) };
}

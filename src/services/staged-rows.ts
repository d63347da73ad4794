import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StagedChange } from '../core/run.ts';
import type { Stores } from '../ports/stores.ts';

const BATCH = 500;

/** The staged changes of a run, in the order of their keys, batch by batch: there may be as many as there are people. */
export async function* stagedBatches(
  { runs }: Pick<Stores, 'runs'>,
  runId: string,
): AsyncGenerator<readonly StagedChange[]> {
  for (let after: string | null = null; ; ) {
    const batch: readonly StagedChange[] = await runs.staged(runId, after, BATCH);
    if (batch.length > 0) yield batch;
    after = batch.at(-1)?.externalId ?? null;
    if (batch.length < BATCH || after === null) return;
    await nextTurn();
  }
}

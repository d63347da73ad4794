import { stale } from '../../core/errors.ts';
import type { Stored } from './database.ts';
import type { Collection } from './driver.ts';
import { duplicateIndex } from './mongo-errors.ts';
import { certainly } from './unknown-results.ts';

/** A row that is written as a whole, one version after the other. */
export interface SwappedRow extends Stored {
  readonly _id: string;
  readonly version: number;
  /** Random, of the save that wrote last: by it a save whose answer was lost is known again. */
  readonly writeId: string;
}

/** Compare-and-swap: the stored version must be `row.version - 1`, none for 1; throws `stale` with the words for what it is. */
export async function swapRow<Row extends SwappedRow>(
  collection: Collection<Row>,
  row: Row,
  what: string,
): Promise<void> {
  const rows = collection as unknown as Collection<SwappedRow>;
  const { _id, version, writeId } = row;
  const recall = async () => ((await rows.countDocuments({ _id, writeId }, { limit: 1 })) === 1 ? true : null);
  const attempt = async (): Promise<true | null> => {
    if (version === 1) return rows.insertOne(row).then(() => true, nullIfDuplicate);
    const { matchedCount } = await rows.replaceOne({ _id, version: version - 1 }, row);
    return matchedCount === 1 ? true : null;
  };
  if ((await certainly<true>({ attempt, recall })) === null) throw stale(what);
}

/** Somebody else's row is there already. */
export function nullIfDuplicate(error: unknown): null {
  if (duplicateIndex(error) === null) throw error;
  return null;
}

import { randomUUID } from 'node:crypto';
import type { DeactivationWatch } from '../../core/deactivation-watch.ts';
import { stale } from '../../core/errors.ts';
import type { WatchStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { keyOf } from './documents.ts';
import { duplicateIndex } from './mongo-errors.ts';
import { COLLECTION } from './schema.ts';
import { certainly } from './unknown-results.ts';

export interface WatchRow {
  /** Organization and connection. */
  readonly _id: string;
  readonly version: number;
  /** JSON: nothing is ever looked for in it. */
  readonly document: string;
  readonly writeId: string;
}

/** Deactivations by SCIM connections in MongoDB. */
export function createWatchStore(database: Database): WatchStore {
  const rows = database.collection<WatchRow>(COLLECTION.watches);

  async function attempt(row: WatchRow): Promise<true | null> {
    if (row.version === 1) return rows.insertOne(row).then(() => true, nullIfDuplicate);
    const { matchedCount } = await rows.replaceOne({ _id: row._id, version: row.version - 1 }, row);
    return matchedCount === 1 ? true : null;
  }

  return {
    async get(organization, connection) {
      const row = await rows.findOne({ _id: keyOf(organization, connection) });
      return row ? watchOf(row) : null;
    },
    async save(watch) {
      const row = watchRow(watch);
      const { _id, writeId } = row;
      const recall = async () => ((await rows.countDocuments({ _id, writeId }, { limit: 1 })) === 1 ? true : null);
      if ((await certainly<true>({ attempt: () => attempt(row), recall })) === null) throw stale('this watch');
    },
  };
}

export function watchRow(watch: DeactivationWatch): WatchRow {
  const _id = keyOf(watch.organizationId, watch.connectionId);
  return { _id, version: watch.version, document: JSON.stringify(watch), writeId: randomUUID() };
}

export function watchOf({ document }: WatchRow): DeactivationWatch {
  return JSON.parse(document);
}

function nullIfDuplicate(error: unknown): null {
  if (duplicateIndex(error) === null) throw error;
  return null;
}

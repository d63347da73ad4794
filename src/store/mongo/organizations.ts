import { randomUUID } from 'node:crypto';
import { stale } from '../../core/errors.ts';
import type { Organization } from '../../core/organization.ts';
import type { OrganizationStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { pageOf } from './documents.ts';
import { COLLECTION } from './schema.ts';
import { nullIfDuplicate } from './swap-row.ts';
import { certainly } from './unknown-results.ts';

interface Row {
  readonly _id: string;
  readonly version: number;
  readonly sweeping?: true;
  readonly document: Organization;
  readonly writeId: string;
}

/** Organizations in MongoDB. None is kept at hand: other processes write them, and settings hold from the moment they are written. */
export function createOrganizationStore(database: Database): OrganizationStore {
  const rows = database.collection<Row>(COLLECTION.organizations);

  async function write(row: Row, attempt: () => Promise<true | null>): Promise<void> {
    const { _id, writeId } = row;
    const recall = async () => ((await rows.countDocuments({ _id, writeId }, { limit: 1 })) === 1 ? true : null);
    if ((await certainly<true>({ attempt, recall })) === null) throw stale('this organization');
  }

  return {
    async insert(organization) {
      const row = rowOf(organization);
      await write(row, () => rows.insertOne(row).then(() => true, nullIfDuplicate));
    },
    async save(organization) {
      const row = rowOf(organization);
      await write(row, async () => {
        const { matchedCount } = await rows.replaceOne({ _id: row._id, version: row.version - 1 }, row);
        return matchedCount === 1 ? true : null;
      });
    },
    get: async (id) => (await rows.findOne({ _id: id }))?.document ?? null,
    async list(cursor, limit) {
      const found = await rows
        .find({ _id: { $gt: cursor ?? '' } })
        .sort({ _id: 1 })
        .limit(limit + 1)
        .toArray();
      return pageOf(found, limit, ({ document }) => document);
    },
    count: () => rows.countDocuments({}),
    async sweeping() {
      const found = await rows.find({ sweeping: true }).sort({ _id: 1 }).toArray();
      return found.map(({ document }) => document);
    },
  };
}

export function rowOf(document: Organization): Row {
  const row: Row = { _id: document.id, version: document.version, document, writeId: randomUUID() };
  return document.sweep.state === 'running' ? { ...row, sweeping: true } : row;
}

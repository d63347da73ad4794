import { randomUUID } from 'node:crypto';
import type { Agency } from '../../core/agency.ts';
import { stale } from '../../core/errors.ts';
import type { AgencyState, AgencyStore } from '../../ports/agency-store.ts';
import type { Database } from './database.ts';
import { keyOf, pageOf } from './documents.ts';
import { duplicateIndex } from './mongo-errors.ts';
import { COLLECTION } from './schema.ts';
import { certainly, insistently } from './unknown-results.ts';

export interface AgencyRow {
  readonly _id: string;
  readonly organization: string;
  readonly state: AgencyState;
  readonly version: number;
  readonly document: Agency;
  /** Random, of the save that wrote last. */
  readonly writeId: string;
}

/** Agencies in MongoDB. */
export function createAgencyStore(database: Database): AgencyStore {
  const rows = database.collection<AgencyRow>(COLLECTION.agencies);
  const within = (organization: string, state: AgencyState | null) => ({
    organization,
    ...(state === null ? {} : { state }),
  });

  async function attempt(row: AgencyRow): Promise<true | null> {
    if (row.version === 1) return rows.insertOne(row).then(() => true, nullIfDuplicate);
    const { matchedCount } = await rows.replaceOne({ _id: row._id, version: row.version - 1 }, row);
    return matchedCount === 1 ? true : null;
  }

  return {
    get: async (organization, id) => (await rows.findOne({ _id: keyOf(organization, id) }))?.document ?? null,
    async getMany(organization, ids) {
      const keys = ids.map((id) => keyOf(organization, id));
      return (await rows.find({ _id: { $in: keys } }).toArray()).map(({ document }) => document);
    },
    async save(agency) {
      const row = agencyRow(agency);
      const { _id, writeId } = row;
      const recall = async () => ((await rows.countDocuments({ _id, writeId }, { limit: 1 })) === 1 ? true : null);
      if ((await certainly<true>({ attempt: () => attempt(row), recall })) === null) throw stale('this agency');
    },
    async remove(organization, id, version) {
      const _id = keyOf(organization, id);
      const { deletedCount } = await insistently(() => rows.deleteOne({ _id, version }));
      return deletedCount === 1 || (await rows.countDocuments({ _id }, { limit: 1 })) === 0;
    },
    async list(organization, state, cursor, limit) {
      // The organization's part of the keys; `0` is what comes after `/`.
      const _id = { $gt: keyOf(organization, cursor ?? ''), $lt: `${organization}0` };
      const query = rows.find({ ...within(organization, state), _id }).sort({ _id: 1 });
      return pageOf(await query.limit(limit + 1).toArray(), limit, ({ document }) => document);
    },
    count: (organization, state) => rows.countDocuments(within(organization, state)),
  };
}

export function agencyRow(document: Agency): AgencyRow {
  const { organizationId: organization, id, archivedAt, version } = document;
  const state = archivedAt === null ? 'active' : 'archived';
  return { _id: keyOf(organization, id), organization, state, version, document, writeId: randomUUID() };
}

function nullIfDuplicate(error: unknown): null {
  if (duplicateIndex(error) === null) throw error;
  return null;
}

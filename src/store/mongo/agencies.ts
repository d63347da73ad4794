import { randomUUID } from 'node:crypto';
import type { Agency } from '../../core/agency.ts';
import type { AgencyState, AgencyStore } from '../../ports/agency-store.ts';
import type { Database } from './database.ts';
import { keyOf, pageOf } from './documents.ts';
import { COLLECTION, type CollectionDeclaration } from './schema.ts';
import { swapRow } from './swap-row.ts';
import { insistently } from './unknown-results.ts';

export interface AgencyRow {
  readonly _id: string;
  readonly organization: string;
  readonly state: AgencyState;
  readonly version: number;
  readonly document: Agency;
  /** Random, of the save that wrote last. */
  readonly writeId: string;
}

export const AGENCIES: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.agencies,
    indexes: [{ name: 'agencies_state', key: { organization: 1, state: 1, _id: 1 } }],
  },
];

/** Agencies in MongoDB. */
export function createAgencyStore(database: Database): AgencyStore {
  const rows = database.collection<AgencyRow>(COLLECTION.agencies);
  const within = (organization: string, state: AgencyState | null) => ({
    organization,
    ...(state === null ? {} : { state }),
  });

  return {
    get: async (organization, id) => (await rows.findOne({ _id: keyOf(organization, id) }))?.document ?? null,
    async getMany(organization, ids) {
      const keys = ids.map((id) => keyOf(organization, id));
      return (await rows.find({ _id: { $in: keys } }).toArray()).map(({ document }) => document);
    },
    async save(agency) {
      await swapRow(rows, agencyRow(agency), 'this agency');
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

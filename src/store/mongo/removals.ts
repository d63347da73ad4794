import type { PendingRemoval } from '../../core/sync-state.ts';
import type { DirectoryName } from '../../core/user.ts';
import type { RemovalStore } from '../../ports/sync-stores.ts';
import { insertAbsent } from './archive-shelf.ts';
import type { Database } from './database.ts';
import { keyOf } from './documents.ts';
import { COLLECTION } from './schema.ts';
import { insistently } from './unknown-results.ts';

export interface RemovalRow {
  /** Organization, source and external id. */
  readonly _id: string;
  readonly organization: string;
  readonly source: DirectoryName;
  readonly externalId: string;
  readonly document: PendingRemoval;
}

/** Absences that wait for their time, in MongoDB. */
export function createRemovalStore(database: Database): RemovalStore {
  const rows = database.collection<RemovalRow>(COLLECTION.removals);
  return {
    async add(removals) {
      if (removals.length > 0) await insistently(() => insertAbsent(rows, removals.map(removalRow)));
    },
    async among(organization, source, externalIds) {
      const query = { organization, source, externalId: { $in: [...externalIds] } };
      return (await rows.find(query).toArray()).map(removalOf);
    },
    async list(organization, source, { dueBy }, afterKey, limit) {
      const query = {
        organization,
        source,
        externalId: { $gt: afterKey ?? '' },
        ...(dueBy === undefined ? {} : { 'document.dueAt': { $lte: dueBy } }),
      };
      return (await rows.find(query, { sort: { externalId: 1 }, limit }).toArray()).map(removalOf);
    },
    count: (organization, source) => rows.countDocuments({ organization, source }),
    async remove(organization, source, externalIds) {
      const query = { organization, source, externalId: { $in: [...externalIds] } };
      await insistently(() => rows.deleteMany(query));
    },
  };
}

export function removalRow(document: PendingRemoval): RemovalRow {
  const { organizationId: organization, source, externalId } = document;
  return { _id: keyOf(keyOf(organization, source), externalId), organization, source, externalId, document };
}

export function removalOf({ document }: RemovalRow): PendingRemoval {
  return document;
}

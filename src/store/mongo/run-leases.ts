import type { Run } from '../../core/run.ts';
import type { RunStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import type { Fences } from './fence.ts';
import type { RunRow } from './run-rows.ts';
import { COLLECTION } from './schema.ts';
import { insistently } from './unknown-results.ts';

/** Holds when nobody has the lease, by the server's clock. */
export const FREE = [{ leaseOwner: null }, { $expr: { $lte: ['$leaseUntil', '$$NOW'] } }];

/**
 * Leases of runs: who may work on one, and until when by the server's clock. The epoch rises whenever a lease changes hands.
 *
 * A lease given back or lost belongs to nobody, so whoever takes it next, even its former owner, gets a new epoch.
 */
export function createRunLeases(
  database: Database,
  fences: Fences,
  toRun: (row: RunRow) => Promise<Run>,
): Pick<RunStore, 'acquire' | 'renew' | 'release'> {
  const rows = database.collection<RunRow>(COLLECTION.runs);
  return {
    async acquire(organization, id, owner, ttlMs) {
      const query = { _id: id, organization, $or: [{ leaseOwner: owner }, ...FREE] };
      // Doing it again is safe: the lease is the owner's then, and the epoch stays.
      const row = await insistently(() =>
        rows.findOneAndUpdate(query, [taken(owner, ttlMs)], { returnDocument: 'after' }),
      );
      if (!row) return null;
      await fences.fenceOff(row);
      return toRun(row);
    },
    async renew({ runId, epoch }, owner, ttlMs) {
      const mine = { _id: runId, epoch, leaseOwner: owner };
      const prolonged = [{ $set: { leaseUntil: later(ttlMs) } }];
      return (await insistently(() => rows.updateOne(mine, prolonged))).matchedCount === 1;
    },
    async release({ runId, epoch }, owner) {
      const mine = { _id: runId, epoch, leaseOwner: owner };
      await insistently(() => rows.updateOne(mine, { $set: { leaseOwner: null, leaseUntil: new Date(0) } }));
    },
  };
}

function taken(owner: string, ttlMs: number) {
  const me = { $literal: owner };
  const changesHands = { $cond: [{ $eq: ['$leaseOwner', me] }, 0, 1] };
  const isFirst = { $eq: ['$leaseOwner', null] };
  return {
    $set: {
      epoch: { $add: ['$epoch', changesHands] },
      starts: { $cond: [isFirst, 1, { $add: ['$starts', changesHands] }] },
      leaseOwner: me,
      leaseUntil: later(ttlMs),
    },
  };
}

const later = (ttlMs: number) => ({ $add: ['$$NOW', ttlMs] });

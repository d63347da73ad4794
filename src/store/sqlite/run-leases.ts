import type { Run } from '../../core/run.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RunStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import type { Row } from './statements.ts';

/**
 * Leases of runs: who may work on one, and until when. The epoch rises whenever a lease changes hands.
 *
 * A lease given back or lost belongs to nobody, so whoever takes it next, even its former owner, gets a new epoch.
 */
export function createRunLeases(
  { sql }: Database,
  clock: Clock,
  toRun: (row: Row) => Run,
): Pick<RunStore, 'acquire' | 'renew' | 'release'> {
  const acquire = sql(`UPDATE runs
    SET epoch = epoch + (lease_owner IS NOT ?1),
      starts = CASE WHEN lease_owner IS NULL THEN 1 ELSE starts + (lease_owner IS NOT ?1) END,
      lease_owner = ?1, lease_until = ?2
    WHERE organization = ?3 AND id = ?4 AND (lease_owner IS NULL OR lease_owner = ?1 OR lease_until <= ?5)
    RETURNING epoch, starts, document`);
  const renew = sql('UPDATE runs SET lease_until = ? WHERE id = ? AND epoch = ? AND lease_owner = ?');
  const release = sql(`UPDATE runs SET lease_owner = NULL, lease_until = 0
    WHERE id = ? AND epoch = ? AND lease_owner = ?`);
  return {
    async acquire(organization, id, owner, ttlMs) {
      const now = clock.now();
      const row = acquire.get(owner, now + ttlMs, organization, id, now);
      return row ? toRun(row) : null;
    },
    renew: async ({ runId, epoch }, owner, ttlMs) => renew.run(clock.now() + ttlMs, runId, epoch, owner).changes === 1,
    async release({ runId, epoch }, owner) {
      release.run(runId, epoch, owner);
    },
  };
}

/** No owner goes by this name. */
const CUT_OFF = '(cut off)';

/**
 * Frees every lease. Right only while opening a data directory: nobody but this process can hold one, and it has just begun, so a
 * run that a killed process left goes on at once.
 */
export function freeAllLeases({ sql }: Database): void {
  sql('UPDATE runs SET lease_owner = ?, lease_until = 0 WHERE lease_owner IS NOT NULL').run(CUT_OFF);
}

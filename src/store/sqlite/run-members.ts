import type { RunMemberStore } from '../../ports/sync-stores.ts';
import type { Database } from './database.ts';

/** Members of groups as runs have read them. */
export interface RunMembers extends RunMemberStore {
  /** Members said again are members once. */
  join(run: string, group: string, externalIds: readonly string[]): void;
  forget(run: string): void;
}

export function createRunMembers({ sql }: Database): RunMembers {
  const join = sql(`INSERT OR IGNORE INTO run_members (run, external_id, group_key)
    SELECT ?, value, ? FROM json_each(?)`);
  const among = sql(`SELECT external_id, group_key FROM run_members
    WHERE run = ? AND external_id IN (SELECT value FROM json_each(?)) ORDER BY external_id, group_key`);
  const strangers = sql(`SELECT group_key, count(*) AS total FROM run_members
    WHERE run = ?1 AND external_id NOT IN (
      SELECT j.value FROM presence p CROSS JOIN json_each(p.external_ids) j WHERE p.run = ?1)
    GROUP BY group_key`);
  const forget = sql('DELETE FROM run_members WHERE run = ?');
  return {
    join(run, group, externalIds) {
      join.run(run, group, JSON.stringify(externalIds));
    },
    forget(run) {
      forget.run(run);
    },
    async membersAmong(run, externalIds) {
      const rows = among.all(run, JSON.stringify(externalIds));
      const people = Map.groupBy(rows, (row) => row.external_id as string);
      return new Map([...people].map(([id, own]) => [id, own.map((row) => row.group_key as string)]));
    },
    async countStrangers(run) {
      return new Map(strangers.all(run).map((row) => [row.group_key as string, Number(row.total)]));
    },
  };
}

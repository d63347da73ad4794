import type { StagedChange } from '../../core/run.ts';
import type { RunStore } from '../../ports/stores.ts';
import type { RunMemberStore } from '../../ports/sync-stores.ts';
import type { Database } from './database.ts';
import { documentOf, documentsOf } from './documents.ts';
import { createCheckFence } from './fence.ts';
import { LIMIT } from './fragments.ts';
import { createRunMembers, type RunMembers } from './run-members.ts';

/** What the pages of a run leave behind: who is present, and the harmful changes that wait. */
export interface RunPages {
  /** A page said again replaces what it said before. */
  mark(run: string, page: number, externalIds: readonly string[]): void;
  stage(run: string, changes: readonly StagedChange[]): void;
  forget(run: string): void;
  readonly members: RunMembers;
  readonly port: Pick<RunStore, 'staged' | 'stagedOf' | 'countStaged' | 'unstage' | 'markPresent'> & RunMemberStore;
}

export function createRunPages(database: Database): RunPages {
  const { sql } = database;
  const mark = sql('INSERT OR REPLACE INTO presence (run, page, external_ids) VALUES (?, ?, ?)');
  // Point checks belong to no page of the directory; they are numbered downwards from -1.
  const markOutside = sql(`INSERT INTO presence (run, page, external_ids)
    SELECT ?1, min(coalesce(min(page), 0), 0) - 1, ?2 FROM presence WHERE run = ?1`);
  const stage = sql('INSERT OR REPLACE INTO staged (run, external_id, document) VALUES (?, ?, ?)');
  const list = sql(`SELECT document FROM staged WHERE run = ? AND external_id > ? ORDER BY external_id ${LIMIT}`);
  const one = sql('SELECT document FROM staged WHERE run = ? AND external_id = ?');
  const count = sql('SELECT count(*) AS total FROM staged WHERE run = ?');
  const unstage = sql('DELETE FROM staged WHERE run = ? AND external_id IN (SELECT value FROM json_each(?))');
  const forget = ['presence', 'staged'].map((table) => sql(`DELETE FROM ${table} WHERE run = ?`));
  const members = createRunMembers(database);
  const checkFence = createCheckFence(database);
  return {
    members,
    mark(run, page, externalIds) {
      mark.run(run, page, JSON.stringify(externalIds));
    },
    stage(run, changes) {
      for (const change of changes) stage.run(run, change.externalId, JSON.stringify(change));
    },
    forget(run) {
      for (const statement of forget) statement.run(run);
      members.forget(run);
    },
    port: {
      membersAmong: members.membersAmong,
      countStrangers: members.countStrangers,
      staged: async (run, afterKey, limit) => documentsOf<StagedChange>(list.all(run, afterKey ?? '', limit)),
      stagedOf: async (run, externalId) => documentOf<StagedChange>(one.get(run, externalId)),
      countStaged: async (run) => Number(count.get(run)?.total),
      async unstage(fence, externalIds) {
        database.transaction(() => {
          checkFence(fence);
          unstage.run(fence.runId, JSON.stringify(externalIds));
        });
      },
      async markPresent(fence, externalIds) {
        database.transaction(() => {
          checkFence(fence);
          markOutside.run(fence.runId, JSON.stringify(externalIds));
        });
      },
    },
  };
}

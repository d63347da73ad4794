import type { RunStore } from '../../ports/stores.ts';
import { insertAbsent } from './archive-shelf.ts';
import type { Database } from './database.ts';
import { keyOf } from './documents.ts';
import { isOutage } from './mongo-errors.ts';
import { COLLECTION } from './schema.ts';
import { insistently } from './unknown-results.ts';

export interface MemberRow {
  /** Run, group and external id. */
  readonly _id: string;
  readonly run: string;
  readonly group: string;
  readonly externalId: string;
  /** Rows that nobody cleared away go by themselves. */
  readonly at: Date;
}

/** Members of groups as runs have read them: facts of the directory, whoever wrote them down, so that no fence is needed. */
export interface RunMembers extends Pick<RunStore, 'membersAmong'> {
  join(run: string, group: string, externalIds: readonly string[]): Promise<void>;
  forget(run: string): Promise<void>;
}

export function createRunMembers(database: Database): RunMembers {
  const rows = database.collection<MemberRow>(COLLECTION.members);
  return {
    async join(run, group, externalIds) {
      const at = new Date();
      const members = [...new Set(externalIds)].map((externalId) => memberRow({ runId: run, group, externalId }, at));
      await insistently(() => insertAbsent(rows, members));
    },
    async membersAmong(run, externalIds) {
      const found = await rows.find({ run, externalId: { $in: [...externalIds] } }).toArray();
      const groups = Map.groupBy(found, ({ externalId }) => externalId);
      return new Map([...groups].map(([id, own]) => [id, own.map(({ group }) => group).sort()]));
    },
    async forget(run) {
      try {
        await rows.deleteMany({ run });
      } catch (error) {
        if (!isOutage(error)) throw error;
      }
    },
  };
}

export function memberRow(
  { runId: run, group, externalId }: { readonly runId: string; readonly group: string; readonly externalId: string },
  at: Date,
): MemberRow {
  return { _id: keyOf(keyOf(run, group), externalId), run, group, externalId, at };
}

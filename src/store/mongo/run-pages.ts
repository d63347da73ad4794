import type { StagedChange } from '../../core/run.ts';
import type { RunStore } from '../../ports/stores.ts';
import type { RunMemberStore } from '../../ports/sync-stores.ts';
import type { Fence } from '../../ports/user-store.ts';
import type { Database } from './database.ts';
import type { BatchContent, RunBatches } from './run-batches.ts';
import { createRunMembers, type RunMembers } from './run-members.ts';
import type { StagedRow } from './run-rows.ts';
import { createRunViews } from './run-views.ts';
import { COLLECTION } from './schema.ts';

/** What the pages of a run leave behind: who is present, and the harmful changes that wait. */
export interface RunPages {
  readonly port: Pick<RunStore, 'staged' | 'stagedOf' | 'countStaged' | 'unstage' | 'markPresent'> & RunMemberStore;
  readonly members: RunMembers;
  /** Which of the keys the run has marked present. */
  presentKeys(organizationId: string, runId: string, externalIds: readonly string[]): Promise<ReadonlySet<string>>;
}

const NOTHING_ELSE = { set: {}, unset: [], forget: false } as const;

export function createRunPages(database: Database, batches: RunBatches): RunPages {
  const rows = database.collection<StagedRow>(COLLECTION.staged);
  const views = createRunViews(database);
  const members = createRunMembers(database);

  async function leave(fence: Fence, content: BatchContent): Promise<void> {
    await batches.inTurn(fence.runId, async () => batches.commit(await batches.head(fence), content, NOTHING_ELSE));
  }

  return {
    members,
    port: {
      membersAmong: members.membersAmong,
      async countStrangers(run) {
        const view = await views.of(run);
        const counts = new Map<string, number>();
        for await (const { group, externalId } of members.all(run, null))
          if (!view.isPresent(externalId)) counts.set(group, (counts.get(group) ?? 0) + 1);
        return counts;
      },
      async staged(run, afterKey, limit) {
        const view = await views.of(run);
        const keys = view.stagedKeys();
        const start = afterKey === null ? 0 : firstAfter(keys, afterKey);
        const wanted = keys.slice(start, start + limit).flatMap((key) => view.stagedRow(key) ?? []);
        const found = await rows.find({ _id: { $in: wanted } }, { batchSize: limit + 1 }).toArray();
        const changes = new Map(found.map(({ _id, change }) => [_id, JSON.parse(change) as StagedChange]));
        return wanted.flatMap((key) => changes.get(key) ?? []);
      },
      async stagedOf(run, externalId) {
        const key = (await views.of(run)).stagedRow(externalId);
        const row = key === undefined ? null : await rows.findOne({ _id: key });
        return row ? (JSON.parse(row.change) as StagedChange) : null;
      },
      countStaged: async (run) => (await views.of(run)).stagedKeys().length,
      unstage: (fence, externalIds) => leave(fence, { unstaged: externalIds }),
      markPresent: (fence, externalIds) => leave(fence, { page: null, externalIds }),
    },
    async presentKeys(organization, run, externalIds) {
      const view = await views.of(run, organization);
      return new Set(externalIds.filter((key) => view.isPresent(key)));
    },
  };
}

/** Place of the first key after this one. */
function firstAfter(keys: readonly string[], afterKey: string): number {
  let low = 0;
  for (let high = keys.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') > afterKey) high = middle;
    else low = middle + 1;
  }
  return low;
}

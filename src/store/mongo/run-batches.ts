import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { StagedChange } from '../../core/run.ts';
import type { RunProgress } from '../../ports/stores.ts';
import type { Fence } from '../../ports/user-store.ts';
import type { Database, Stored } from './database.ts';
import type { Collection } from './driver.ts';
import { superseded } from './fence.ts';
import { duplicateIndex, duplicates, isOnlyDuplicates, isOutage } from './mongo-errors.ts';
import type { BatchRow, MemberRow, RunRow, StagedRow } from './run-rows.ts';
import { COLLECTION } from './schema.ts';
import { certainly, insistently } from './unknown-results.ts';

/** What a write of a run leaves beside it. */
export type BatchContent = Pick<BatchRow, 'page' | 'externalIds' | 'unstaged' | 'reasons'> & {
  readonly staged?: readonly StagedChange[];
  readonly members?: RunProgress['members'];
};

/** Where the batches of a run have come to. */
export type RunHead = Pick<
  RunRow,
  '_id' | 'organization' | 'epoch' | 'batches' | 'from' | 'reasonsFrom' | 'reasonsTo' | 'writeId'
>;

/** What a checkpoint changes in the run itself. */
export interface HeadChange {
  readonly set: Partial<RunRow>;
  readonly unset: readonly ('unfinished' | 'intent')[];
  readonly forget: boolean;
}

export interface RunBatches {
  /** The run, if the fence is not old; else throws `superseded`. */
  head(fence: Fence): Promise<RunHead>;
  /**
   * Leaves the content beside the run and changes the run, together: the run is written last and says that the content counts.
   * Returns the head as it is then. Throws `superseded` when the fence is old by then.
   */
  commit(head: RunHead, content: BatchContent | null, change: HeadChange): Promise<RunHead>;
  /** Leaves a first batch before the run itself is stored. */
  begin(run: string, epoch: number, content: BatchContent): Promise<void>;
  /** One commit of a run at a time in this process; an epoch belongs to one process. */
  inTurn<T>(run: string, work: () => Promise<T>): Promise<T>;
}

const HEAD = { organization: 1, epoch: 1, batches: 1, from: 1, reasonsFrom: 1, reasonsTo: 1, writeId: 1 };

export function createRunBatches(database: Database): RunBatches {
  const runs = database.collection<RunRow>(COLLECTION.runs);
  const batches = database.collection<BatchRow>(COLLECTION.batches);
  const stagedRows = database.collection<StagedRow>(COLLECTION.staged);
  const memberRows = database.collection<MemberRow>(COLLECTION.members);
  const turns = new Map<string, Promise<unknown>>();

  async function leave(run: string, n: number, epoch: number, content: BatchContent): Promise<void> {
    const { staged = [], members, ...rest } = content;
    const token = randomUUID();
    const rows = staged.map((change, index) => stagedRowOf(run, n, token, index, change));
    const joined = memberRowsOf(run, n, token, members);
    const keys = staged.length > 0 ? { staged: staged.map(({ externalId }) => externalId) } : {};
    const batch: BatchRow = { _id: batchKey(run, n), run, n, epoch, token, ...keys, ...rest };
    if (rows.length > 0) await insistently(() => insertEach(stagedRows, rows));
    if (joined.length > 0) await insistently(() => insertEach(memberRows, joined));
    const left = await certainly<true>({
      attempt: async () => {
        const isNew = await batches.insertOne(batch).then(() => true, falseIfDuplicate);
        if (isNew) return true;
        // Somebody tried this number and did not get to make it count; a later epoch than ours means that the run is theirs.
        const { matchedCount } = await batches.replaceOne({ _id: batch._id, epoch: { $lte: epoch } }, batch);
        return matchedCount === 1 ? true : null;
      },
      recall: async () => ((await batches.countDocuments({ _id: batch._id, token }, { limit: 1 })) === 1 ? true : null),
    });
    if (left === null) throw superseded();
  }

  /** What no longer counts goes away; whatever stays because of an outage is in nobody's way. */
  async function tidy(run: string, from: number): Promise<void> {
    try {
      await batches.deleteMany({ run, n: { $lt: from } });
      await stagedRows.deleteMany({ run, n: { $lt: from } });
      await memberRows.deleteMany({ run, n: { $lt: from } });
    } catch (error) {
      if (!isOutage(error)) throw error;
    }
  }

  return {
    async head({ runId: _id, epoch }) {
      const head = await runs.findOne({ _id, epoch }, { projection: HEAD });
      if (!head) throw superseded();
      return head;
    },
    begin: (run, epoch, content) => leave(run, 1, epoch, content),
    async commit(head, content, { set, unset, forget }) {
      const { _id, organization, epoch, batches: before } = head;
      const n = before + 1;
      if (content) await leave(_id, n, epoch, content);
      const after = { ...head, ...headAfter(head, n, content, forget), writeId: randomUUID() };
      const { _id: _same, organization: _its, epoch: _fenced, ...counts } = after;
      const removed = Object.fromEntries(unset.map((field) => [field, '' as const]));
      const update = { $set: { ...set, ...counts }, ...(unset.length > 0 ? { $unset: removed } : {}) };
      const stored = await certainly<true>({
        async attempt() {
          const { matchedCount } = await runs.updateOne({ _id, organization, epoch, batches: before }, update);
          return matchedCount === 1 ? true : null;
        },
        recall: async () =>
          (await runs.countDocuments({ _id, writeId: after.writeId }, { limit: 1 })) === 1 ? true : null,
      });
      if (stored === null) throw superseded();
      if (forget) await tidy(_id, after.from);
      return after;
    },
    inTurn(run, work) {
      const before = turns.get(run) ?? Promise.resolve();
      const turn = before.then(work, work);
      turns.set(run, turn);
      const leaveTurn = () => {
        if (turns.get(run) === turn) turns.delete(run);
      };
      turn.then(leaveTurn, leaveTurn);
      return turn;
    },
  };
}

function headAfter(head: RunHead, n: number, content: BatchContent | null, forget: boolean) {
  const from = forget ? n : head.from;
  const batches = content ? n : head.batches;
  if (content?.reasons)
    return { from, batches, reasonsFrom: forget || !head.reasonsFrom ? n : head.reasonsFrom, reasonsTo: n };
  return forget ? { from, batches, reasonsFrom: 0, reasonsTo: 0 } : { from, batches };
}

export function batchKey(run: string, n: number): string {
  return `${run}/${n}`;
}

export function stagedKey(run: string, n: number, token: string, index: number): string {
  return `${run}/${n}/${token}/${String(index).padStart(6, '0')}`;
}

function stagedRowOf(run: string, n: number, token: string, index: number, change: StagedChange): StagedRow {
  return { _id: stagedKey(run, n, token, index), run, n, change: JSON.stringify(change) };
}

/** Each person once, however often the page names them. */
export function memberRowsOf(
  run: string,
  n: number,
  token: string,
  members: RunProgress['members'],
): readonly MemberRow[] {
  const at = new Date();
  return [...new Set(members?.externalIds)].map((externalId, index) => ({
    _id: stagedKey(run, n, token, index),
    run,
    n,
    token,
    group: members?.group ?? '',
    externalId,
    at,
  }));
}

/** Of rows that an earlier try left only the others are missing: a refused one must not keep those behind it out. */
async function insertEach<Row extends Stored>(collection: Collection<Row>, rows: readonly Row[]): Promise<void> {
  try {
    await collection.insertMany(rows as unknown as Parameters<typeof collection.insertMany>[0], { ordered: false });
  } catch (error) {
    const { insertedCount = 0 } = error as { insertedCount?: number };
    if (!isOnlyDuplicates(error)) throw error;
    if (insertedCount + duplicates(error).length < rows.length) throw incomplete(error);
  }
}

const incomplete = (cause: unknown) =>
  new AppError('unavailable', 'the store does not say what became of a write', {}, cause);

function falseIfDuplicate(error: unknown): false {
  if (duplicateIndex(error) === null) throw error;
  return false;
}

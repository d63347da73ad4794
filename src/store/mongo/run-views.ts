import type { Database } from './database.ts';
import { stagedKey } from './run-batches.ts';
import type { BatchRow, RunRow } from './run-rows.ts';
import { COLLECTION } from './schema.ts';

/** What the batches of a run that count say together. */
export interface RunView {
  isPresent(externalId: string): boolean;
  /** Keys of people with a staged change, sorted. */
  stagedKeys(): readonly string[];
  /** Where the change of such a person lies. */
  stagedRow(externalId: string): string | undefined;
}

export interface RunViews {
  /** Nothing for a run that does not exist, or not in that organization. */
  of(runId: string, organizationId?: string): Promise<RunView>;
}

/** Runs whose view is kept at hand: mostly one is at its end. */
const MOST_KNOWN = 4;
/** Batches read at a time; one holds a page of people. */
const BATCH_SIZE = 50;

interface Kept extends RunView {
  readonly from: number;
  readonly upTo: number;
}

/** Reads batches into views. A batch that counts never changes, so a view grows by the batches that are new. */
export function createRunViews(database: Database): RunViews {
  const runs = database.collection<RunRow>(COLLECTION.runs);
  const batches = database.collection<BatchRow>(COLLECTION.batches);
  const known = new Map<string, Promise<Kept & { add(batch: BatchRow): void }>>();

  async function grown(run: string, head: Pick<RunRow, 'from' | 'batches'>, before: Growing | undefined) {
    const isOn = before !== undefined && before.from === head.from && before.upTo <= head.batches;
    const view = isOn ? before : createView(run, head.from);
    const query = { run, n: { $gte: Math.max(head.from, view.upTo + 1), $lte: head.batches } };
    if (view.upTo < head.batches) {
      const found = batches.find(query, { projection: { reasons: 0 }, sort: { n: 1 }, batchSize: BATCH_SIZE });
      for await (const batch of found) view.add(batch);
    }
    return view;
  }

  return {
    async of(run, organization) {
      const query = { _id: run, ...(organization === undefined ? {} : { organization }) };
      const head = await runs.findOne(query, { projection: { from: 1, batches: 1 } });
      if (!head) return createView(run, 0);
      // One after the other: two that grow the same view at once would both add to it.
      const before = known.get(run)?.catch(() => undefined) ?? Promise.resolve(undefined);
      const view = before.then((kept) => grown(run, head, kept));
      known.delete(run);
      known.set(run, view);
      for (const [oldest] of known) if (known.size > MOST_KNOWN) known.delete(oldest);
      return view;
    },
  };
}

type Growing = ReturnType<typeof createView>;

function createView(run: string, from: number) {
  const pages = new Map<string, readonly string[]>();
  const staged = new Map<string, string>();
  let present: Set<string> | null = null;
  let sorted: readonly string[] | null = null;
  let upTo = 0;
  return {
    from,
    get upTo() {
      return upTo;
    },
    add({ n, token, page, externalIds, staged: keys = [], unstaged = [] }: BatchRow): void {
      // A page said again replaces what it said before; people met outside of pages only add up.
      if (externalIds) pages.set(page === null || page === undefined ? `outside ${n}` : String(page), externalIds);
      for (const key of unstaged) staged.delete(key);
      for (const [index, key] of keys.entries()) staged.set(key, stagedKey(run, n, token, index));
      if (externalIds) present = null;
      if (unstaged.length + keys.length > 0) sorted = null;
      upTo = n;
    },
    isPresent(externalId: string): boolean {
      present ??= new Set([...pages.values()].flat());
      return present.has(externalId);
    },
    stagedKeys(): readonly string[] {
      sorted ??= [...staged.keys()].sort();
      return sorted;
    },
    stagedRow: (externalId: string) => staged.get(externalId),
  };
}

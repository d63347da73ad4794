import type { Run, RunReason } from '../../core/run.ts';
import type { Database } from './database.ts';
import type { BatchRow, RunRow } from './run-rows.ts';
import { COLLECTION } from './schema.ts';

type Head = Pick<RunRow, '_id' | 'reasonsFrom' | 'reasonsTo'>;

/**
 * The reasons of runs, in batches beside them: a run is read and written several times for every page, and may have a thousand
 * reasons, most of them as they were.
 */
export interface RunReasons {
  read(head: Head): Promise<readonly RunReason[]>;
  /** What a batch must say so that the run has these reasons; undefined when it has them. `whole`: without what was there before. */
  additions(head: Head, reasons: readonly RunReason[], whole: boolean): Promise<BatchRow['reasons']>;
  /** Keeps at hand what was written. */
  remember(head: Head, reasons: readonly RunReason[]): void;
}

/** Runs whose reasons are kept at hand. */
const MOST_KNOWN = 100;

export function createRunReasons(database: Database): RunReasons {
  const batches = database.collection<BatchRow>(COLLECTION.batches);
  const known = new Map<string, { readonly place: string; readonly reasons: readonly RunReason[] }>();

  function remember(head: Head, reasons: readonly RunReason[]): void {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(head._id, { place: placeOf(head), reasons });
  }

  async function read(head: Head): Promise<readonly RunReason[]> {
    if (head.reasonsTo === 0) return [];
    const atHand = known.get(head._id);
    if (atHand?.place === placeOf(head)) return atHand.reasons;
    const query = { run: head._id, n: { $gte: head.reasonsFrom, $lte: head.reasonsTo }, reasons: { $exists: true } };
    const rows = await batches.find(query, { projection: { reasons: 1 }, sort: { n: 1 } }).toArray();
    let reasons: readonly RunReason[] = [];
    for (const { reasons: more } of rows) if (more) reasons = [...reasons.slice(0, more.first), ...more.reasons];
    remember(head, reasons);
    return reasons;
  }

  return {
    read,
    remember,
    async additions(head, reasons, whole) {
      const stored = whole ? [] : await read(head);
      const differs = stored.findIndex((reason, index) => !isSame(reason, reasons[index]));
      const first = differs === -1 ? stored.length : differs;
      if (first === stored.length && first === reasons.length) return undefined;
      return { first, reasons: reasons.slice(first) };
    },
  };
}

function placeOf({ reasonsFrom, reasonsTo }: Head): string {
  return `${reasonsFrom}-${reasonsTo}`;
}

function isSame(left: RunReason, right: Run['reasons'][number] | undefined): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}

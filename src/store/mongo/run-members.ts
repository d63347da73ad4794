import type { RunMember } from '../../ports/archive.ts';
import type { RunMemberStore } from '../../ports/sync-stores.ts';
import type { Database } from './database.ts';
import { isOutage } from './mongo-errors.ts';
import { batchKey } from './run-batches.ts';
import type { BatchRow, MemberRow, RunRow } from './run-rows.ts';
import { COLLECTION } from './schema.ts';

/** Members of groups as runs have read them. Rows count with the batch they belong to. */
export interface RunMembers extends Pick<RunMemberStore, 'membersAmong'> {
  /** In the order of people, then groups, each once, after one of them. */
  all(run: string, after: Omit<RunMember, 'runId'> | null): AsyncIterable<RunMember>;
  /** What stays because of an outage goes by itself later. */
  forget(run: string): Promise<void>;
}

type Count = (row: Pick<MemberRow, 'n' | 'token'>) => boolean;

export function createRunMembers(database: Database): RunMembers {
  const rows = database.collection<MemberRow>(COLLECTION.members);
  const batches = database.collection<BatchRow>(COLLECTION.batches);
  const runs = database.collection<RunRow>(COLLECTION.runs);

  /** Which rows count: of all of the run's batches, or of these alone. */
  async function counting(run: string, numbers?: readonly number[]): Promise<Count> {
    const head = await runs.findOne({ _id: run }, { projection: { from: 1, batches: 1 } });
    if (!head) return () => false;
    const named = numbers ? { _id: { $in: numbers.map((n) => batchKey(run, n)) } } : {};
    const query = { run, n: { $gte: head.from, $lte: head.batches }, ...named };
    const found = await batches.find(query, { projection: { n: 1, token: 1 } }).toArray();
    const tokens = new Map(found.map(({ n, token }) => [n, token]));
    return ({ n, token }) => tokens.get(n) === token;
  }

  return {
    async membersAmong(run, externalIds) {
      const found = await rows.find({ run, externalId: { $in: [...externalIds] } }).toArray();
      if (found.length === 0) return new Map();
      const counts = await counting(run, [...new Set(found.map(({ n }) => n))]);
      const people = Map.groupBy(found.filter(counts), ({ externalId }) => externalId);
      return new Map([...people].map(([externalId, own]) => [externalId, groupsIn(own)]));
    },
    async *all(runId, after) {
      const counts = await counting(runId);
      const query = { run: runId, externalId: { $gte: after?.externalId ?? '' } };
      for await (const own of byPerson(rows.find(query, { sort: { externalId: 1 } }))) {
        const externalId = own[0]?.externalId ?? '';
        for (const group of groupsIn(own.filter(counts)))
          if (externalId !== after?.externalId || group > after.group) yield { runId, group, externalId };
      }
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

/** Rows that follow each other and are about the same person, together. */
async function* byPerson(rows: AsyncIterable<MemberRow>): AsyncIterable<readonly MemberRow[]> {
  let own: MemberRow[] = [];
  for await (const row of rows) {
    if (own.length > 0 && own[0]?.externalId !== row.externalId) {
      yield own;
      own = [];
    }
    own.push(row);
  }
  if (own.length > 0) yield own;
}

function groupsIn(rows: readonly MemberRow[]): readonly string[] {
  return [...new Set(rows.map(({ group }) => group))].sort();
}

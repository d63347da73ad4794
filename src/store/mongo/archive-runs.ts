import type { Run } from '../../core/run.ts';
import type { PresenceMark, RunMember, RunStagedChange, Shelf } from '../../ports/archive.ts';
import { createAppendBatches } from './archive-batches.ts';
import { insertAbsent, pageOf } from './archive-shelf.ts';
import type { Database } from './database.ts';
import { guardMethods } from './mongo-errors.ts';
import { createRunBatches } from './run-batches.ts';
import { createRunMembers } from './run-members.ts';
import { createRunPages } from './run-pages.ts';
import { createRunReasons } from './run-reasons.ts';
import type { BatchRow, MemberRow, RunRow, StagedRow } from './run-rows.ts';
import { createRunViews } from './run-views.ts';
import { rowOf } from './runs.ts';
import { COLLECTION } from './schema.ts';

/** Runs and what their pages left behind, as entries of an archive. Nobody holds a lease of a run that was written here. */
export function createRunShelves(database: Database) {
  return {
    runs: guardMethods<Shelf<Run>>(createRunShelf(database)),
    presence: guardMethods<Shelf<PresenceMark>>(createPresenceShelf(database)),
    staged: guardMethods<Shelf<RunStagedChange>>(createStagedShelf(database)),
    members: guardMethods<Shelf<RunMember>>(createMemberShelf(database)),
  };
}

function createRunShelf(database: Database): Shelf<Run> {
  const rows = database.collection<RunRow>(COLLECTION.runs);
  const reasons = createRunReasons(database);
  const batches = createRunBatches(database);

  async function toRun(row: RunRow): Promise<Run> {
    const { document, epoch, starts } = row;
    return { ...document, reasons: await reasons.read(row), epoch, starts };
  }

  async function insert(run: Run): Promise<void> {
    const hasReasons = run.reasons.length > 0;
    if (hasReasons) await batches.begin(run.id, run.epoch, { reasons: { first: 0, reasons: run.reasons } });
    await insertAbsent(rows, [rowOf(run, hasReasons ? 1 : 0)]);
  }

  return {
    count: () => rows.countDocuments({}),
    async read(cursor, limit) {
      const { items, next } = await pageOf(rows, {}, cursor, limit);
      return { items: await Promise.all(items.map(toRun)), next };
    },
    async write(runs) {
      const keys = runs.map(({ id }) => id);
      const there = await rows.find({ _id: { $in: keys } }, { projection: { _id: 1 } }).toArray();
      const known = new Set(there.map(({ _id }) => _id));
      for (const run of runs) if (!known.has(run.id)) await insert(run);
    },
  };
}

function createPresenceShelf(database: Database): Shelf<PresenceMark> {
  const runs = database.collection<RunRow>(COLLECTION.runs);
  const batches = database.collection<BatchRow>(COLLECTION.batches);
  const append = createAppendBatches(database);

  /** The marks of a run that count: a page said again by its last word, people met outside of pages numbered downwards from -1. */
  async function marksOf(runId: string): Promise<readonly PresenceMark[]> {
    const head = await runs.findOne({ _id: runId }, { projection: { from: 1, batches: 1 } });
    if (!head) return [];
    const query = { run: runId, n: { $gte: head.from, $lte: head.batches }, externalIds: { $exists: true } };
    const options = { projection: { page: 1, externalIds: 1 }, sort: { n: 1 } } as const;
    const marks = new Map<number, PresenceMark>();
    let outside = 0;
    for (const { page, externalIds = [] } of await batches.find(query, options).toArray()) {
      const number = page ?? --outside;
      marks.set(number, { runId, page: number, externalIds });
    }
    return [...marks.values()];
  }

  const marked = () => sortedKeys(batches.distinct('run', { externalIds: { $exists: true } }));

  return {
    async count() {
      let total = 0;
      for (const run of await marked()) total += (await marksOf(run)).length;
      return total;
    },
    async read(cursor, limit) {
      const [first, given] = cursor === null ? ['', 0] : (JSON.parse(cursor) as readonly [string, number]);
      const found: { readonly mark: PresenceMark; readonly place: readonly [string, number] }[] = [];
      for (const run of (await marked()).filter((key) => key >= first)) {
        const marks = (await marksOf(run)).map((mark, index) => ({ mark, place: [run, index + 1] as const }));
        found.push(...marks.slice(run === first ? given : 0));
        if (found.length > limit) break;
      }
      const shown = found.slice(0, limit);
      const next = found.length > limit ? JSON.stringify(shown.at(-1)?.place) : null;
      return { items: shown.map(({ mark }) => mark), next };
    },
    async write(marks) {
      for (const [run, its] of Map.groupBy(marks, ({ runId }) => runId)) {
        const known = new Set((await marksOf(run)).map(({ page }) => page));
        const absent = its.filter(({ page }) => !known.has(page)).toSorted((left, right) => right.page - left.page);
        await append(
          run,
          absent.map(({ page, externalIds }) => ({ page: page < 0 ? null : page, externalIds })),
        );
      }
    },
  };
}

function createStagedShelf(database: Database): Shelf<RunStagedChange> {
  const rows = database.collection<StagedRow>(COLLECTION.staged);
  const { staged, countStaged } = createRunPages(database, createRunBatches(database)).port;
  const views = createRunViews(database);
  const append = createAppendBatches(database);
  const withStaged = () => sortedKeys(rows.distinct('run'));

  return {
    async count() {
      let total = 0;
      for (const run of await withStaged()) total += await countStaged(run);
      return total;
    },
    async read(cursor, limit) {
      const [first, after] = cursor === null ? ['', null] : (JSON.parse(cursor) as readonly [string, string]);
      const found: RunStagedChange[] = [];
      for (const runId of (await withStaged()).filter((key) => key >= first)) {
        const changes = await staged(runId, runId === first ? after : null, limit + 1 - found.length);
        found.push(...changes.map((change) => ({ runId, change })));
        if (found.length > limit) break;
      }
      const items = found.slice(0, limit);
      const last = items.at(-1);
      const next = found.length > limit && last ? JSON.stringify([last.runId, last.change.externalId]) : null;
      return { items, next };
    },
    async write(changes) {
      for (const [run, its] of Map.groupBy(changes, ({ runId }) => runId)) {
        const known = new Set((await views.of(run)).stagedKeys());
        const absent = its.map(({ change }) => change).filter(({ externalId }) => !known.has(externalId));
        if (absent.length > 0) await append(run, [{ staged: absent }]);
      }
    },
  };
}

function createMemberShelf(database: Database): Shelf<RunMember> {
  const rows = database.collection<MemberRow>(COLLECTION.members);
  const { all, membersAmong } = createRunMembers(database);
  const append = createAppendBatches(database);
  const withMembers = () => sortedKeys(rows.distinct('run'));

  async function write(run: string, members: readonly RunMember[]): Promise<void> {
    const known = await membersAmong(
      run,
      members.map(({ externalId }) => externalId),
    );
    const absent = members.filter(({ group, externalId }) => !known.get(externalId)?.includes(group));
    const groups = Map.groupBy(absent, ({ group }) => group);
    const joined = [...groups].map(([group, own]) => ({ group, externalIds: own.map(({ externalId }) => externalId) }));
    await append(
      run,
      joined.map((members) => ({ members })),
    );
  }

  return {
    async count() {
      let total = 0;
      for (const run of await withMembers()) for await (const _member of all(run, null)) total++;
      return total;
    },
    async read(cursor, limit) {
      const last = cursor === null ? null : (JSON.parse(cursor) as RunMember);
      const items: RunMember[] = [];
      for (const run of (await withMembers()).filter((key) => key >= (last?.runId ?? '')))
        for await (const member of all(run, run === last?.runId ? last : null)) {
          if (items.length === limit) return { items, next: JSON.stringify(items.at(-1)) };
          items.push(member);
        }
      return { items, next: null };
    },
    async write(members) {
      for (const [run, its] of Map.groupBy(members, ({ runId }) => runId)) await write(run, its);
    },
  };
}

async function sortedKeys(found: Promise<readonly string[]>): Promise<readonly string[]> {
  return [...(await found)].sort();
}

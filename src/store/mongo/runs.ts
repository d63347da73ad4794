import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { Run } from '../../core/run.ts';
import type { RunProgress, RunStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { pageOf } from './documents.ts';
import { type Fences, superseded } from './fence.ts';
import { duplicateIndex } from './mongo-errors.ts';
import { createPrune } from './prune-runs.ts';
import { type BatchContent, createRunBatches } from './run-batches.ts';
import { createRunLeases, FREE } from './run-leases.ts';
import { createRunPages, type RunPages } from './run-pages.ts';
import { createRunReasons } from './run-reasons.ts';
import { documentOf, isUnfinished, type RunRow } from './run-rows.ts';
import { COLLECTION } from './schema.ts';
import { certainly } from './unknown-results.ts';

export interface MongoRuns {
  readonly store: RunStore;
  readonly presentKeys: RunPages['presentKeys'];
}

/** Runs in MongoDB: one document each, and beside it what their pages leave behind. */
export function createRunStore(database: Database, fences: Fences): MongoRuns {
  const rows = database.collection<RunRow>(COLLECTION.runs);
  const batches = createRunBatches(database);
  const reasons = createRunReasons(database);
  const pages = createRunPages(database, batches);

  async function toRun(row: RunRow): Promise<Run> {
    const { document, epoch, starts } = row;
    return { ...document, reasons: await reasons.read(row), epoch, starts } as Run;
  }

  const toRuns = (found: readonly RunRow[]) => Promise.all(found.map(toRun));

  /** One run of an integration may be unfinished: says which one is in the way. */
  async function refusal(error: unknown, { organizationId: organization, integrationId, id }: Run): Promise<unknown> {
    if (duplicateIndex(error) !== 'runs_unfinished') return error;
    const rival = { organization, integration: integrationId, unfinished: true, _id: { $ne: id } } as const;
    const found = await rows.findOne(rival, { projection: { _id: 1 } });
    const details = found ? { runId: found._id } : {};
    return new AppError('run_in_progress', 'a run of this integration is in progress', details, error);
  }

  async function insert(run: Run): Promise<void> {
    const hasReasons = run.reasons.length > 0;
    if (hasReasons) await batches.begin(run.id, run.epoch, { reasons: { first: 0, reasons: run.reasons } });
    const row = rowOf(run, hasReasons ? 1 : 0);
    let rejection: unknown = null;
    const stored = await certainly<true>({
      attempt: () =>
        rows.insertOne(row).then(
          () => true,
          (error: unknown) => {
            if (duplicateIndex(error) === null) throw error;
            rejection = error;
            return null;
          },
        ),
      recall: async () =>
        (await rows.countDocuments({ _id: run.id, writeId: row.writeId }, { limit: 1 })) === 1 ? true : null,
    });
    if (stored === null) throw rejection;
  }

  async function checkpoint({ run, presence, members, staged = [], forget = false }: RunProgress): Promise<void> {
    const head = await batches.head({ runId: run.id, epoch: run.epoch });
    if (head.organization !== run.organizationId) throw superseded();
    const added = await reasons.additions(head, run.reasons, forget);
    const content: BatchContent = {
      ...presence,
      ...(staged.length > 0 ? { staged: latestOf(staged) } : {}),
      ...(members && members.externalIds.length > 0 ? { members } : {}),
      ...(added ? { reasons: added } : {}),
    };
    const isUsed = Object.keys(content).length > 0;
    const goesOn = isUnfinished(run);
    const after = await batches.commit(head, isUsed ? content : null, {
      set: { document: documentOf(run), ...(goesOn ? { unfinished: true } : {}) },
      unset: goesOn ? ['intent'] : ['intent', 'unfinished'],
      forget,
    });
    reasons.remember(after, run.reasons);
    if (!goesOn) await pages.members.forget(run.id);
  }

  const store: RunStore = {
    ...pages.port,
    ...createRunLeases(database, fences, toRun),
    insert: (run) => insert(run).catch(async (error) => Promise.reject(await refusal(error, run))),
    async get(organization, id) {
      const row = await rows.findOne({ _id: id, organization });
      return row ? toRun(row) : null;
    },
    async list(organization, cursor, limit) {
      const query = { organization, ...(cursor === null ? {} : { _id: { $lt: cursor } }) };
      const found = await rows.find(query, { sort: { _id: -1 }, limit: limit + 1 }).toArray();
      return pageOf(await toRuns(found), limit, (run) => run);
    },
    count: (organization) => rows.countDocuments({ organization }),
    async latest(organization, source) {
      const row = await rows.findOne({ organization, source }, { sort: { _id: -1 } });
      return row ? toRun(row) : null;
    },
    prune: createPrune(database),
    unheld: async (limit) =>
      toRuns(await rows.find({ unfinished: true, $or: FREE }, { sort: { _id: 1 }, limit }).toArray()),
    checkpoint: (progress) =>
      batches
        .inTurn(progress.run.id, () => checkpoint(progress))
        .catch(async (error) => Promise.reject(await refusal(error, progress.run))),
  };
  return { store, presentKeys: pages.presentKeys };
}

/** Of several changes of one person the last. */
function latestOf(staged: NonNullable<RunProgress['staged']>) {
  return [...new Map(staged.map((change) => [change.externalId, change])).values()];
}

export function rowOf(run: Run, batches: number): RunRow {
  const row: RunRow = {
    _id: run.id,
    organization: run.organizationId,
    integration: run.integrationId,
    source: run.source,
    epoch: run.epoch,
    starts: run.starts,
    leaseOwner: null,
    leaseUntil: new Date(0),
    batches,
    from: 1,
    reasonsFrom: batches,
    reasonsTo: batches,
    document: documentOf(run),
    writeId: randomUUID(),
  };
  return isUnfinished(run) ? { ...row, unfinished: true } : row;
}

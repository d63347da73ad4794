import { AppError } from '../../core/errors.ts';
import type { Run } from '../../core/run.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RunProgress, RunStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { pageOf } from './documents.ts';
import { LIMIT } from './fragments.ts';
import { createPrune } from './prune-runs.ts';
import { createRunLeases } from './run-leases.ts';
import { createRunPages } from './run-pages.ts';
import { createRunReasons } from './run-reasons.ts';
import { isUniqueViolation } from './sqlite-errors.ts';
import type { Row } from './statements.ts';

/** One unfinished run per integration: says which one is in the way. */
function refusalBy({ sql }: Database) {
  const rival = sql('SELECT id FROM runs WHERE organization = ? AND integration = ? AND unfinished = 1 AND id <> ?');
  return (error: unknown, { organizationId, integrationId, id }: Run): unknown => {
    const runId = isUniqueViolation(error) ? rival.get(organizationId, integrationId, id)?.id : undefined;
    if (runId === undefined) return error;
    return new AppError('run_in_progress', 'a run of this integration is in progress', { runId }, error);
  };
}

const UNHELD = `WHERE unfinished = 1 AND (lease_owner IS NULL OR lease_until <= ?) ORDER BY id ${LIMIT}`;

/** Runs in SQLite. The epoch is a column of its own: writes are checked against it. */
export function createRunStore(database: Database, clock: Clock): RunStore {
  const { sql } = database;
  const select = 'SELECT epoch, starts, document FROM runs';
  const insert = sql(`INSERT INTO runs (organization, id, integration, source, unfinished, epoch, lease_until, document)
    VALUES (?, ?, ?, ?, ?, ?, 0, ?)`);
  const update = sql('UPDATE runs SET unfinished = ?, document = ? WHERE organization = ? AND id = ? AND epoch = ?');
  const byId = sql(`${select} WHERE organization = ? AND id = ?`);
  const total = sql('SELECT count(*) AS total FROM runs WHERE organization = ?');
  const newest = sql(`${select} WHERE organization = ? AND id < ? ORDER BY id DESC ${LIMIT}`);
  const latest = sql(`${select} WHERE organization = ? AND source = ? ORDER BY id DESC LIMIT 1`);
  const unheld = sql(`${select} ${UNHELD}`);
  const pages = createRunPages(database);
  const reasons = createRunReasons(database);
  const refused = refusalBy(database);

  function checkpoint({ run, presence, members, staged = [], forget = false }: RunProgress): void {
    const { organizationId, id, epoch } = run;
    const goesOn = isUnfinished(run);
    if (update.run(goesOn, documentOf(run), organizationId, id, epoch).changes === 0)
      throw new AppError('superseded', 'this run was taken over by another worker');
    reasons.write(run, goesOn === 1);
    if (forget) pages.forget(id);
    if (presence) pages.mark(id, presence.page, presence.externalIds);
    if (members) pages.members.join(id, members.group, members.externalIds);
    pages.stage(id, staged);
    if (goesOn === 0) pages.members.forget(id);
  }

  function toRun(row: Row): Run {
    const run = JSON.parse(row.document as string) as Run;
    return { ...run, reasons: reasons.read(run.id), epoch: row.epoch as number, starts: row.starts as number };
  }

  return {
    ...pages.port,
    ...createRunLeases(database, clock, toRun),
    async insert(run) {
      const { organizationId, id, integrationId, source, epoch } = run;
      try {
        database.transaction(() => {
          insert.run(organizationId, id, integrationId, source, isUnfinished(run), epoch, documentOf(run));
          reasons.write(run, isUnfinished(run) === 1);
        });
      } catch (error) {
        throw refused(error, run);
      }
    },
    async get(organization, id) {
      const row = byId.get(organization, id);
      return row ? toRun(row) : null;
    },
    list: async (organization, cursor, limit) =>
      pageOf(newest.all(organization, cursor ?? LAST, limit + 1), limit, toRun),
    count: async (organization) => Number(total.get(organization)?.total),
    async latest(organization, source) {
      const row = latest.get(organization, source);
      return row ? toRun(row) : null;
    },
    prune: createPrune(database),
    unheld: async (limit) => unheld.all(clock.now(), limit).map(toRun),
    async checkpoint(progress) {
      try {
        database.transaction(() => checkpoint(progress));
      } catch (error) {
        throw refused(error, progress.run);
      }
    },
  };
}

/** Greater than every id. */
const LAST = '\u{10FFFF}';

export function isUnfinished({ state }: Run): number {
  return Number(state === 'queued' || state === 'running');
}

/** The row's document: without the reasons, which have rows of their own. */
export function documentOf(run: Run): string {
  return JSON.stringify({ ...run, reasons: [] });
}

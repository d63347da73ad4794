import type { Run, StagedChange } from '../../core/run.ts';
import type { PresenceMark, RunMember, RunStagedChange, Shelf } from '../../ports/archive.ts';
import type { Database } from './database.ts';
import { createRunReasons } from './run-reasons.ts';
import { documentOf, isUnfinished } from './runs.ts';
import { AS_WRITTEN, createShelf } from './shelf.ts';

/** Runs and what their pages left behind, as entries of an archive. Nobody holds a lease of a run that was written here. */
export function createRunShelves(database: Database) {
  return {
    runs: createRunShelf(database),
    presence: createPresenceShelf(database),
    staged: createStagedShelf(database),
    members: createMemberShelf(database),
  };
}

function createRunShelf(database: Database): Shelf<Run> {
  const reasons = createRunReasons(database);
  return createShelf(database, {
    ...AS_WRITTEN,
    columns: 'epoch, starts, document',
    from: 'runs',
    toEntry(row) {
      const run = JSON.parse(row.document as string) as Run;
      return { ...run, reasons: reasons.read(run.id), epoch: row.epoch as number, starts: row.starts as number };
    },
    insert(runs) {
      const insert = database.sql(`INSERT INTO runs
        (organization, id, integration, source, unfinished, epoch, starts, lease_until, document)
        VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (id) DO NOTHING`);
      for (const run of runs) {
        const { organizationId, id, integrationId, source, epoch, starts } = run;
        const row = [organizationId, id, integrationId, source, isUnfinished(run), epoch, starts, documentOf(run)];
        if (insert.run(...row).changes === 1) reasons.write(run, false);
      }
    },
  });
}

function createPresenceShelf(database: Database): Shelf<PresenceMark> {
  return createShelf(database, {
    ...AS_WRITTEN,
    columns: 'run, page, external_ids',
    from: 'presence',
    toEntry: (row) => ({
      runId: row.run as string,
      page: row.page as number,
      externalIds: JSON.parse(row.external_ids as string) as readonly string[],
    }),
    insert(marks) {
      const insert = database.sql(
        'INSERT INTO presence (run, page, external_ids) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      );
      for (const { runId, page, externalIds } of marks) insert.run(runId, page, JSON.stringify(externalIds));
    },
  });
}

function createStagedShelf(database: Database): Shelf<RunStagedChange> {
  return createShelf(database, {
    order: ['run', 'external_id'],
    start: ['', ''],
    columns: 'run, document',
    from: 'staged',
    toEntry: (row) => ({ runId: row.run as string, change: JSON.parse(row.document as string) as StagedChange }),
    insert(changes) {
      const insert = database.sql(
        'INSERT INTO staged (run, external_id, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      );
      for (const { runId, change } of changes) insert.run(runId, change.externalId, JSON.stringify(change));
    },
  });
}

function createMemberShelf(database: Database): Shelf<RunMember> {
  return createShelf(database, {
    order: ['run', 'external_id', 'group_key'],
    start: ['', '', ''],
    columns: 'run, external_id, group_key',
    from: 'run_members',
    toEntry: (row) => ({
      runId: row.run as string,
      group: row.group_key as string,
      externalId: row.external_id as string,
    }),
    insert(members) {
      const insert = database.sql('INSERT OR IGNORE INTO run_members (run, external_id, group_key) VALUES (?, ?, ?)');
      for (const { runId, group, externalId } of members) insert.run(runId, externalId, group);
    },
  });
}

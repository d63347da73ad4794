import type { DirectoryMember, GroupReading } from '../../core/directory-group.ts';
import type { DirectoryName } from '../../core/user.ts';
import type { DirectoryGroupStore } from '../../ports/directory-group-store.ts';
import type { Database } from './database.ts';
import { AS_WRITTEN, createShelf } from './shelf.ts';
import type { Row } from './statements.ts';

/** Members count with the run that a group was last read wholly by. */
export const DIRECTORY_GROUPS = `
  CREATE TABLE directory_groups (
    organization TEXT NOT NULL,
    source TEXT NOT NULL,
    group_key TEXT NOT NULL,
    run TEXT NOT NULL,
    PRIMARY KEY (organization, source, group_key)
  ) STRICT;
  CREATE TABLE directory_members (
    organization TEXT NOT NULL,
    source TEXT NOT NULL,
    group_key TEXT NOT NULL,
    run TEXT NOT NULL,
    external_id TEXT NOT NULL,
    PRIMARY KEY (organization, source, group_key, run, external_id)
  ) STRICT;
  CREATE INDEX directory_members_person ON directory_members (organization, source, external_id);
`;

const GROUP = 'organization = ?1 AND source = ?2 AND group_key = ?3';

/** Who is in the directory groups that mappings name, in SQLite. */
export function createDirectoryGroupStore(database: Database): DirectoryGroupStore {
  const { sql } = database;
  const add = sql(`INSERT OR IGNORE INTO directory_members (organization, source, group_key, run, external_id)
    SELECT ?, ?, ?, ?, value FROM json_each(?)`);
  const complete = sql(`INSERT INTO directory_groups (organization, source, group_key, run) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET run = excluded.run WHERE excluded.run > run`);
  const leave = sql(`DELETE FROM directory_members WHERE ${GROUP}
    AND run < (SELECT run FROM directory_groups WHERE ${GROUP})`);
  const groupsOf = sql(`SELECT m.external_id, m.group_key FROM json_each(?3) j
    CROSS JOIN directory_members m ON m.organization = ?1 AND m.source = ?2 AND m.external_id = j.value
    CROSS JOIN directory_groups g ON g.organization = ?1 AND g.source = ?2 AND g.group_key = m.group_key AND g.run = m.run
    ORDER BY m.external_id, m.group_key`);
  const head = sql(`SELECT run FROM directory_groups WHERE ${GROUP}`);
  const members = sql(`SELECT external_id FROM directory_members
    WHERE ${GROUP} AND run = ?4 AND external_id > ?5 ORDER BY external_id LIMIT ?6`);
  const list = sql(`SELECT group_key FROM directory_groups WHERE organization = ?1 AND source = ?2
    AND group_key >= ?3 AND group_key < ?3 || char(0x10FFFF) AND group_key > ?4 ORDER BY group_key LIMIT ?5`);
  const forget = ['directory_groups', 'directory_members'].map((table) =>
    sql(`DELETE FROM ${table} WHERE organization = ?1 AND source = ?2 AND (?3 IS NULL OR group_key = ?3)`),
  );
  return {
    async addMembers({ organizationId, source, group, runId }, externalIds) {
      add.run(organizationId, source, group, runId, JSON.stringify(externalIds));
    },
    async complete({ organizationId, source, group, runId }) {
      database.transaction(() => {
        complete.run(organizationId, source, group, runId);
        leave.run(organizationId, source, group);
      });
    },
    async groupsOf(organization, source, externalIds) {
      const rows = groupsOf.all(organization, source, JSON.stringify([...new Set(externalIds)]));
      const people = Map.groupBy(rows, (row) => row.external_id as string);
      return new Map([...people].map(([id, own]) => [id, own.map((row) => row.group_key as string)]));
    },
    async members({ organizationId, source, group }, afterKey, limit) {
      const run = head.get(organizationId, source, group)?.run as string | undefined;
      if (run === undefined) return null;
      const rows = members.all(organizationId, source, group, run, afterKey ?? '', limit);
      return rows.map((row) => row.external_id as string);
    },
    async list(organization, source, beginning, afterKey, limit) {
      return list.all(organization, source, beginning, afterKey ?? '', limit).map((row) => row.group_key as string);
    },
    async forget(organization, source, group) {
      database.transaction(() => {
        for (const statement of forget) statement.run(organization, source, group);
      });
    },
  };
}

/** The same, as entries of an archive. */
export function createDirectoryGroupShelves(database: Database) {
  const columns = 'organization, source, group_key, run';
  return {
    directoryGroups: createShelf<GroupReading>(database, {
      ...AS_WRITTEN,
      columns,
      from: 'directory_groups',
      toEntry: readingOf,
      insert(readings) {
        const insert = database.sql(`INSERT OR IGNORE INTO directory_groups (${columns}) VALUES (?, ?, ?, ?)`);
        for (const { organizationId, source, group, runId } of readings)
          insert.run(organizationId, source, group, runId);
      },
    }),
    directoryMembers: createShelf<DirectoryMember>(database, {
      ...AS_WRITTEN,
      columns: `${columns}, external_id`,
      from: 'directory_members',
      toEntry: (row) => ({ ...readingOf(row), externalId: row.external_id as string }),
      insert(members) {
        const insert = database.sql(`INSERT OR IGNORE INTO directory_members (${columns}, external_id)
          VALUES (?, ?, ?, ?, ?)`);
        for (const { organizationId, source, group, runId, externalId } of members)
          insert.run(organizationId, source, group, runId, externalId);
      },
    }),
  };
}

function readingOf(row: Row): GroupReading {
  const [organizationId, group, runId] = [row.organization, row.group_key, row.run] as [string, string, string];
  return { organizationId, source: row.source as DirectoryName, group, runId };
}

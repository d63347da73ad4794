import { stale } from '../../core/errors.ts';
import { type GroupMapping, groupKey } from '../../core/group-mapping.ts';
import type { GroupMappingStore } from '../../ports/group-mapping-store.ts';
import type { Database } from './database.ts';
import { documentOf, documentsOf, pageOf } from './documents.ts';
import { LIMIT } from './fragments.ts';
import { AS_WRITTEN, createShelf } from './shelf.ts';
import type { Value } from './statements.ts';

export const GROUP_MAPPINGS = `
  CREATE TABLE group_mappings (
    organization TEXT NOT NULL,
    id TEXT NOT NULL,
    group_key TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (organization, id)
  ) STRICT;
  CREATE INDEX group_mappings_group ON group_mappings (organization, group_key, id);
`;

const INSERT = `INSERT INTO group_mappings (organization, id, group_key, version, document)
  VALUES (?, ?, ?, ?, ?) ON CONFLICT (organization, id) DO NOTHING`;

/** What groups give to those in them, in SQLite. */
export function createGroupMappingStore({ sql }: Database): GroupMappingStore {
  const insert = sql(INSERT);
  const update = sql(`UPDATE group_mappings SET group_key = ?3, version = ?4, document = ?5
    WHERE organization = ?1 AND id = ?2 AND version = ?4 - 1`);
  const remove = sql('DELETE FROM group_mappings WHERE organization = ? AND id = ? AND version = ?');
  const select = 'SELECT document FROM group_mappings WHERE organization = ?';
  const one = sql(`${select} AND id = ?`);
  const ofGroups = sql(`SELECT m.document FROM json_each(?2) j
    CROSS JOIN group_mappings m ON m.organization = ?1 AND m.group_key = j.value ORDER BY m.id`);
  const page = sql(`${select} AND id > ? ORDER BY id ${LIMIT}`);
  const total = sql('SELECT count(*) AS total FROM group_mappings WHERE organization = ?');
  return {
    get: async (organization, id) => documentOf<GroupMapping>(one.get(organization, id)),
    ofGroups: async (organization, keys) =>
      documentsOf<GroupMapping>(ofGroups.all(organization, JSON.stringify([...new Set(keys)]))),
    async save(mapping) {
      const statement = mapping.version === 1 ? insert : update;
      if (statement.run(...mappingRow(mapping)).changes === 0) throw stale('this group mapping');
    },
    remove: async (organization, id, version) =>
      remove.run(organization, id, version).changes === 1 || one.get(organization, id) === undefined,
    list: async (organization, cursor, limit) =>
      pageOf<GroupMapping>(page.all(organization, cursor ?? '', limit + 1), limit),
    count: async (organization) => Number(total.get(organization)?.total),
  };
}

/** The same, as entries of an archive. */
export function createGroupMappingShelf(database: Database) {
  return createShelf<GroupMapping>(database, {
    ...AS_WRITTEN,
    columns: 'document',
    from: 'group_mappings',
    toEntry: (row) => JSON.parse(row.document as string) as GroupMapping,
    insert(mappings) {
      const insert = database.sql(INSERT);
      for (const mapping of mappings) insert.run(...mappingRow(mapping));
    },
  });
}

function mappingRow(mapping: GroupMapping): readonly Value[] {
  const { organizationId, id, group, version } = mapping;
  return [organizationId, id, groupKey(group), version, JSON.stringify(mapping)];
}

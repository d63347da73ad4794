import { randomUUID } from 'node:crypto';
import { type GroupMapping, groupKey } from '../../core/group-mapping.ts';
import type { Shelf } from '../../ports/archive.ts';
import type { GroupMappingStore } from '../../ports/group-mapping-store.ts';
import { createShelf } from './archive-shelf.ts';
import type { Database } from './database.ts';
import { keyOf, pageOf } from './documents.ts';
import { COLLECTION, type CollectionDeclaration } from './schema.ts';
import { swapRow } from './swap-row.ts';
import { insistently } from './unknown-results.ts';

interface GroupMappingRow {
  readonly _id: string;
  readonly organization: string;
  readonly id: string;
  readonly groupKey: string;
  readonly version: number;
  readonly document: GroupMapping;
  /** Random, of the save that wrote last. */
  readonly writeId: string;
}

export const GROUP_MAPPING_COLLECTIONS: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.groupMappings,
    indexes: [
      { name: 'group_mappings_group', key: { organization: 1, groupKey: 1, id: 1 } },
      { name: 'group_mappings_id', key: { organization: 1, id: 1 } },
    ],
  },
];

/** What groups give to those in them, in MongoDB. */
export function createGroupMappingStore(database: Database): GroupMappingStore {
  const rows = database.collection<GroupMappingRow>(COLLECTION.groupMappings);
  return {
    get: async (organization, id) => (await rows.findOne({ _id: keyOf(organization, id) }))?.document ?? null,
    async ofGroups(organization, keys) {
      if (keys.length === 0) return [];
      const found = await rows.find({ organization, groupKey: { $in: [...new Set(keys)] } }).toArray();
      return found.map(({ document }) => document).sort((left, right) => (left.id < right.id ? -1 : 1));
    },
    async save(mapping) {
      await swapRow(rows, mappingRow(mapping), 'this group mapping');
    },
    async remove(organization, id, version) {
      const _id = keyOf(organization, id);
      const { deletedCount } = await insistently(() => rows.deleteOne({ _id, version }));
      return deletedCount === 1 || (await rows.countDocuments({ _id }, { limit: 1 })) === 0;
    },
    async list(organization, cursor, limit) {
      const query = { organization, id: { $gt: cursor ?? '' } };
      const found = await rows.find(query, { sort: { id: 1 }, limit: limit + 1 }).toArray();
      return pageOf(found, limit, ({ document }) => document);
    },
    count: (organization) => rows.countDocuments({ organization }),
  };
}

/** The same, as entries of an archive. */
export function createGroupMappingShelf(database: Database): Shelf<GroupMapping> {
  return createShelf<GroupMappingRow, GroupMapping>({
    collection: database.collection(COLLECTION.groupMappings),
    toEntry: ({ document }) => document,
    toDocument: mappingRow,
  });
}

function mappingRow(document: GroupMapping): GroupMappingRow {
  const { organizationId: organization, id, group, version } = document;
  const key = groupKey(group);
  return { _id: keyOf(organization, id), organization, id, groupKey: key, version, document, writeId: randomUUID() };
}

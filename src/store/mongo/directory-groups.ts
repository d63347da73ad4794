import type { DirectoryGroup, DirectoryMember, GroupReading } from '../../core/directory-group.ts';
import type { DirectoryName } from '../../core/user.ts';
import type { DirectoryGroupStore } from '../../ports/directory-group-store.ts';
import { createShelf, insertAbsent } from './archive-shelf.ts';
import type { Database } from './database.ts';
import { COLLECTION, type CollectionDeclaration } from './schema.ts';
import { nullIfDuplicate } from './swap-row.ts';
import { insistently } from './unknown-results.ts';

/** The run a group was last read wholly by. */
interface GroupRow {
  readonly _id: string;
  readonly organization: string;
  readonly source: DirectoryName;
  readonly group: string;
  readonly run: string;
}

/** Counts with that run. */
interface MemberRow extends GroupRow {
  readonly externalId: string;
}

export const DIRECTORY_GROUP_COLLECTIONS: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.directoryGroups,
    indexes: [{ name: 'directory_groups_source', key: { organization: 1, source: 1, group: 1 } }],
  },
  {
    name: COLLECTION.directoryMembers,
    indexes: [
      { name: 'directory_members_person', key: { organization: 1, source: 1, externalId: 1 } },
      { name: 'directory_members_group', key: { organization: 1, source: 1, group: 1, run: 1, externalId: 1 } },
    ],
  },
];

/** How often groups may have been read anew when one looks again. */
const TRIES = 20;

/** Who is in the directory groups that mappings name, in MongoDB. */
export function createDirectoryGroupStore(database: Database): DirectoryGroupStore {
  const groups = database.collection<GroupRow>(COLLECTION.directoryGroups);
  const members = database.collection<MemberRow>(COLLECTION.directoryMembers);

  async function runsOf(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const heads = await groups.find({ _id: { $in: [...keys] } }).toArray();
    return new Map(heads.map(({ _id, run }) => [_id, run]));
  }

  /** Members with the runs that counted while they were read: before and after it those were the same. */
  async function counting(query: object): Promise<readonly MemberRow[]> {
    let rows = await members.find(query).toArray();
    for (let tries = 0; rows.length > 0 && tries < TRIES; tries++) {
      const keys = [...new Set(rows.map(groupKeyOf))];
      const before = await runsOf(keys);
      rows = await members.find(query).toArray();
      const after = await runsOf(keys);
      const isSame = keys.every((key) => before.get(key) === after.get(key));
      if (isSame) return rows.filter((row) => after.get(groupKeyOf(row)) === row.run);
    }
    return [];
  }

  return {
    async addMembers(reading, externalIds) {
      const rows = [...new Set(externalIds)].map((externalId) => memberRow({ ...reading, externalId }));
      if (rows.length > 0) await insistently(() => insertAbsent(members, rows));
    },
    async complete(reading) {
      const { _id, run, ...place } = groupRow(reading);
      await insistently(async () => {
        const { matchedCount } = await groups.updateOne({ _id, run: { $lt: run } }, { $set: { run } });
        if (matchedCount === 0) await groups.insertOne({ _id, run, ...place }).catch(nullIfDuplicate);
      });
      const now = (await groups.findOne({ _id }))?.run ?? run;
      await insistently(() => members.deleteMany({ ...place, run: { $lt: now } }));
    },
    async groupsOf(organization, source, externalIds) {
      const rows = await counting({ organization, source, externalId: { $in: [...new Set(externalIds)] } });
      const people = Map.groupBy(rows, ({ externalId }) => externalId);
      return new Map([...people].map(([id, own]) => [id, own.map(({ group }) => group).sort()]));
    },
    async members(group, afterKey, limit) {
      const head = await groups.findOne({ _id: keyFor(group) });
      if (!head) return null;
      const { organization, source, run } = head;
      const query = { organization, source, group: group.group, run, externalId: { $gt: afterKey ?? '' } };
      const rows = await members.find(query, { sort: { externalId: 1 }, limit }).toArray();
      return rows.map(({ externalId }) => externalId);
    },
    async list(organization, source, beginning, afterKey, limit) {
      const group = { $gte: beginning, $lt: `${beginning}\u{10FFFF}`, $gt: afterKey ?? '' };
      const rows = await groups.find({ organization, source, group }, { sort: { group: 1 }, limit }).toArray();
      return rows.map((row) => row.group);
    },
    async forget(organization, source, group) {
      const query = { organization, source, ...(group === null ? {} : { group }) };
      await insistently(() => groups.deleteMany(query));
      await insistently(() => members.deleteMany(query));
    },
  };
}

/** The same, as entries of an archive. */
export function createDirectoryGroupShelves(database: Database) {
  return {
    directoryGroups: createShelf<GroupRow, GroupReading>({
      collection: database.collection(COLLECTION.directoryGroups),
      toEntry: readingOf,
      toDocument: groupRow,
    }),
    directoryMembers: createShelf<MemberRow, DirectoryMember>({
      collection: database.collection(COLLECTION.directoryMembers),
      toEntry: (row) => ({ ...readingOf(row), externalId: row.externalId }),
      toDocument: memberRow,
    }),
  };
}

const keyFor = ({ organizationId, source, group }: DirectoryGroup): string =>
  JSON.stringify([organizationId, source, group]);

const groupKeyOf = ({ organization, source, group }: MemberRow): string =>
  keyFor({ organizationId: organization, source, group });

function groupRow(reading: GroupReading): GroupRow {
  const { organizationId: organization, source, group, runId: run } = reading;
  return { _id: keyFor(reading), organization, source, group, run };
}

function memberRow({ externalId, ...reading }: DirectoryMember): MemberRow {
  const row = groupRow(reading);
  return { ...row, _id: JSON.stringify([row._id, row.run, externalId]), externalId };
}

function readingOf({ organization, source, group, run }: GroupRow): GroupReading {
  return { organizationId: organization, source, group, runId: run };
}

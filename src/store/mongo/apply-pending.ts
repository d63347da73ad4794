import { AppError } from '../../core/errors.ts';
import { isOnlyDuplicates } from './mongo-errors.ts';
import { changesOf, type GroupKeys, type PendingChange, type RowChange } from './pending-change.ts';
import { type MembershipRow, membershipKey, type ResourceCollections, type ResourceRow } from './resource-schema.ts';
import { insistently } from './unknown-results.ts';

/** Rows read or written at a time. */
const BATCH = 1_000;
/** How often others may have changed the rows that were just looked at. */
const TRIES = 10;

/** A group with a change that is perhaps not done yet. */
export type PendingGroup = Pick<ResourceRow, '_id' | 'space' | 'removedFrom' | 'id' | 'pending'>;

/**
 * Does to the rows what the group has written down, and strikes it out. May be done by any number of processes at once, and again.
 *
 * The next version of a group is written only when nothing is pending, so the rows are those of the version before; and a row is
 * only ever overwritten by a later version. Whoever stood still in the midst of this and goes on changes nothing.
 */
export async function applyPending(collections: ResourceCollections, row: PendingGroup): Promise<void> {
  const { _id, id, pending } = row;
  if (!pending) return;
  const keys = { group: _id, space: row.space ?? row.removedFrom ?? '' };
  await insistently(() => applyRows(collections, keys, pending));
  if (row.space === undefined) await insistently(() => leaveGroups(collections, keys.space, id));
  const done = { _id, 'pending.version': pending.version };
  await insistently(() => collections.resources.updateOne(done, { $unset: { pending: '' } }));
}

async function applyRows({ memberships }: ResourceCollections, keys: GroupKeys, pending: PendingChange) {
  for (let tries = 0; tries < TRIES; tries++) {
    // Nobody can have been in a group before its first version.
    const isFirst = tries === 0 && pending.version === 1;
    const known = isFirst ? new Map() : await readKnown(memberships, keys, pending);
    if (await writeAll(memberships, changesOf(pending, keys, known))) return;
  }
  throw new AppError('unavailable', 'too many others change the members of this group just now');
}

/** The rows of those the change names, and of everybody in the group when it replaces them. */
async function readKnown(
  memberships: ResourceCollections['memberships'],
  { group }: GroupKeys,
  { add, remove, replace, version }: PendingChange,
): Promise<ReadonlyMap<string, MembershipRow>> {
  const known = new Map<string, MembershipRow>();
  const read = async (query: object) => {
    for (const row of await memberships.find(query, { batchSize: BATCH }).toArray()) known.set(row.member, row);
  };
  if (replace) await read({ group, present: true, version: { $lt: version } });
  const named = [...add.map(({ id }) => id), ...remove].filter((id) => !known.has(id));
  for (let at = 0; at < named.length; at += BATCH)
    await read({ _id: { $in: named.slice(at, at + BATCH).map((id) => membershipKey(group, id)) } });
  return known;
}

/** Writes the changes, in the order of their keys; false when not every row was as it was when it was read. */
async function writeAll(memberships: ResourceCollections['memberships'], changes: readonly RowChange[]) {
  const sorted = changes.toSorted((left, right) => (left.after._id < right.after._id ? -1 : 1));
  const coming = sorted.filter(({ after }) => after.present);
  const leaving = sorted.filter(({ after }) => !after.present).map(({ after }) => after);
  let isAll = true;
  for (let at = 0; at < coming.length; at += BATCH)
    isAll = (await putRows(memberships, coming.slice(at, at + BATCH))) && isAll;
  for (let at = 0; at < leaving.length; at += BATCH)
    isAll = (await buryRows(memberships, leaving.slice(at, at + BATCH))) && isAll;
  return isAll;
}

async function putRows(memberships: ResourceCollections['memberships'], changes: readonly RowChange[]) {
  const operations = changes.map(({ before, after }) => {
    if (!before) return { insertOne: { document: after } };
    return { replaceOne: { filter: { _id: after._id, version: before.version }, replacement: after } };
  });
  try {
    const { insertedCount, matchedCount } = await memberships.bulkWrite(operations, { ordered: false });
    return insertedCount + matchedCount === changes.length;
  } catch (error) {
    if (!isOnlyDuplicates(error)) throw error;
    return false;
  }
}

async function buryRows(memberships: ResourceCollections['memberships'], rows: readonly MembershipRow[]) {
  const { version = 0 } = rows[0] ?? {};
  const living = { _id: { $in: rows.map(({ _id }) => _id) }, present: true, version: { $lt: version } };
  const gone = { $set: { present: false, version, goneAt: new Date() } };
  return (await memberships.updateMany(living, gone)).matchedCount === rows.length;
}

/** Takes a removed group out of the groups it was in. Their versions stay: nobody is shown it as a member any more. */
async function leaveGroups({ memberships }: ResourceCollections, space: string, member: string): Promise<void> {
  const rows = await memberships.find({ space, member, present: true }, { projection: { _id: 1 } }).toArray();
  if (rows.length === 0) return;
  const gone = { $set: { present: false, goneAt: new Date() } };
  const operations = rows
    .map(({ _id }) => _id)
    .sort()
    .map((_id) => ({ updateOne: { filter: { _id }, update: gone } }));
  await memberships.bulkWrite(operations, { ordered: true });
}

import { AppError } from '../../core/errors.ts';
import type { StoredGroup } from '../show-members.ts';
import { overlaid, type PendingChange } from './pending-change.ts';
import { type MembershipRow, memberOf, type ResourceCollections, resourceKey } from './resource-schema.ts';

/** A group as it was when it was looked at. */
interface Head {
  readonly _id: string;
  readonly id: string;
  readonly version: number;
  readonly pending?: PendingChange;
}

/** What is known of a group so far: the rows are those of the head's version, but for what is pending in it. */
interface Snapshot {
  head: Head;
  readonly rows: Map<string, MembershipRow>;
}

const HEAD = { id: 1, version: 1, pending: 1 };
const BATCH = 5_000;
/** How often a group may have come to another version when one looks again. */
const TRIES = 20;

/**
 * Groups with everybody in them, each as of one moment: after the rows were read the group must be at the version it had before. If
 * it is not, the rows that were written since are read, as every row carries the version that wrote it; so the cost of looking again
 * is that of what has changed, and a large group that changes all the time can still be read.
 */
export async function readGroups(
  collections: ResourceCollections,
  space: string,
  ids: readonly string[],
): Promise<readonly StoredGroup[]> {
  const keys = [...new Set(ids)].map((id) => resourceKey(space, id));
  const snapshots = new Map((await headsOf(collections, space, keys)).map((head) => [head._id, snapshotOf(head)]));
  merge(snapshots, await rowsOf(collections, { group: { $in: [...snapshots.keys()] }, present: true }));
  let open = [...snapshots.keys()];
  for (let tries = 0; open.length > 0; tries++) {
    if (tries === TRIES) throw new AppError('unavailable', 'these groups change all the time just now');
    open = await catchUp(collections, space, snapshots, open);
  }
  return [...snapshots.values()].map(groupOf);
}

/** Brings snapshots of groups that have moved on up to date; returns those to be looked at again. */
async function catchUp(
  collections: ResourceCollections,
  space: string,
  snapshots: Map<string, Snapshot>,
  keys: readonly string[],
): Promise<string[]> {
  const heads = new Map((await headsOf(collections, space, keys)).map((head) => [head._id, head]));
  const moved: { readonly snapshot: Snapshot; readonly head: Head }[] = [];
  for (const key of keys) {
    const snapshot = snapshots.get(key);
    const head = heads.get(key);
    if (!head) snapshots.delete(key);
    else if (snapshot && snapshot.head.version !== head.version) moved.push({ snapshot, head });
  }
  // Of the version itself too: it may have been pending when its rows were read.
  const written = moved.map(({ snapshot: { head } }) => ({
    group: head._id,
    present: { $in: [true, false] },
    version: { $gte: head.version },
  }));
  if (written.length > 0) merge(snapshots, await rowsOf(collections, { $or: written }));
  for (const { snapshot, head } of moved) snapshot.head = head;
  return moved.map(({ head }) => head._id);
}

function merge(snapshots: ReadonlyMap<string, Snapshot>, rows: readonly MembershipRow[]): void {
  for (const row of rows) {
    const known = snapshots.get(row.group)?.rows;
    if ((known?.get(row.member)?.version ?? 0) <= row.version) known?.set(row.member, row);
  }
}

function groupOf({ head, rows }: Snapshot): StoredGroup {
  const present = new Map([...rows].filter(([, row]) => row.present));
  const members = [...overlaid(present, head.pending, { group: head._id, space: '' }).values()]
    .sort((left, right) => left.since - right.since || left.place - right.place)
    .map(memberOf);
  return { id: head.id, version: head.version, members };
}

const snapshotOf = (head: Head): Snapshot => ({ head, rows: new Map() });

async function headsOf({ resources }: ResourceCollections, space: string, keys: readonly string[]) {
  const query = { _id: { $in: [...keys] }, space };
  return resources.find<Head>(query, { projection: HEAD, batchSize: keys.length + 1 }).toArray();
}

async function rowsOf({ memberships }: ResourceCollections, query: object): Promise<readonly MembershipRow[]> {
  return memberships.find(query, { projection: { space: 0 }, batchSize: BATCH }).toArray() as never;
}

import { AppError } from '../../core/errors.ts';
import type { GroupReference, ResourceSpace, ResourceStore } from '../../ports/resource-store.ts';
import { showMembers } from '../show-members.ts';
import { applyPending } from './apply-pending.ts';
import { OPERATORS } from './field-queries.ts';
import { overlaid } from './pending-change.ts';
import { readGroups } from './read-groups.ts';
import type { GroupsWith } from './resource-conditions.ts';
import {
  type MembershipRow,
  memberOf,
  membershipKey,
  type ResourceCollections,
  type ResourceRow,
  resourceKey,
  spaceKey,
} from './resource-schema.ts';
import { createShownNames } from './shown-names.ts';
import type { UserCollection } from './user-schema.ts';

type MemberReads = Pick<ResourceStore, 'members' | 'membersAmong' | 'groupsOf'>;

type Head = Pick<ResourceRow, '_id' | 'id' | 'space' | 'shownName' | 'pending'>;

const HEAD = { id: 1, space: 1, shownName: 1, pending: 1 };
const BATCH = 1_000;
/** How often rows may have changed when one looks again. */
const TRIES = 20;

/** Who is in which group, with changes that are written down and perhaps not done yet. */
export function createMemberReads(
  collections: ResourceCollections,
  users: UserCollection,
): MemberReads & { readonly groupsWith: GroupsWith } {
  const { resources, memberships } = collections;
  const shownNames = createShownNames(resources, users);
  const rowsOf = (query: object) => memberships.find(query, { batchSize: BATCH }).toArray();
  const headsOf = (query: object): Promise<readonly Head[]> =>
    resources.find<Head>(query, { projection: HEAD, batchSize: BATCH }).toArray();

  /**
   * The rows and their groups as of the moment in which the groups were read: before and after it the rows were the same. A single
   * row needs no second look: as it was when it was read is as it was at some moment.
   */
  async function together(readRows: () => Promise<readonly MembershipRow[]>, readHeads: ReadHeads, isSingle: boolean) {
    let rows = await readRows();
    for (let tries = 0; tries < TRIES; tries++) {
      const heads = await readHeads(rows);
      if (isSingle) return { rows, heads };
      const again = await readRows();
      if (isSame(rows, again)) return { rows, heads };
      rows = again;
    }
    throw new AppError('unavailable', 'these groups change all the time just now');
  }

  /** Who of these is in the group now: of present rows and of the change that is pending. */
  function presentIn(head: Head, rows: readonly MembershipRow[], ids: ReadonlySet<string>): readonly MembershipRow[] {
    const own = rows.filter(({ group, present }) => group === head._id && present);
    const known = new Map(own.map((row) => [row.member, row]));
    const keys = { group: head._id, space: head.space ?? '' };
    return [...overlaid(known, head.pending, keys).values()].filter(({ member }) => ids.has(member));
  }

  async function groupsOf(place: ResourceSpace, memberIds: readonly string[]) {
    const space = spaceKey(place);
    const ids = new Set(memberIds);
    const named = { $in: [...ids] };
    const { rows, heads } = await together(
      () => rowsOf({ space, member: named, present: true }),
      async (known) => {
        const keys = [...new Set(known.map(({ group }) => group))];
        const coming = await headsOf({ 'pending.at': { $gt: '' }, 'pending.add.id': named });
        const there = keys.length > 0 ? await headsOf({ _id: { $in: keys } }) : [];
        return [...new Map([...coming, ...there].map((head) => [head._id, head])).values()];
      },
      ids.size === 1,
    );
    const found = new Map<string, GroupReference[]>();
    const living = heads.filter((head) => head.space === space);
    for (const head of living.toSorted((left, right) => (left.id < right.id ? -1 : 1)))
      for (const { member } of presentIn(head, rows, ids)) {
        const known = found.get(member) ?? [];
        known.push({ id: head.id, displayName: head.shownName ?? null });
        found.set(member, known);
      }
    return found;
  }

  /** Whoever asks otherwise than for one member finishes first what is pending: then rows alone tell. */
  async function rowsLike(space: string, query: object): Promise<readonly MembershipRow[]> {
    const pending = await resources.find({ 'pending.at': { $gt: '' }, space }, { projection: HEAD }).toArray();
    for (const head of pending) await applyPending(collections, head);
    return rowsOf({ space, present: true, member: query });
  }

  return {
    groupsOf,
    async members(place, groupIds) {
      const groups = await readGroups(collections, spaceKey(place), groupIds);
      return showMembers(groups, (kind, ids) => shownNames(place, kind, ids));
    },
    async membersAmong(place, groupId, memberIds) {
      const space = spaceKey(place);
      const group = resourceKey(space, groupId);
      const ids = new Set(memberIds);
      const keys = [...ids].map((id) => membershipKey(group, id));
      const readRows = () => rowsOf({ _id: { $in: keys }, present: true });
      const { rows, heads } = await together(readRows, () => headsOf({ _id: group, space }), ids.size === 1);
      const [head] = heads;
      const present = head ? presentIn(head, rows, ids) : [];
      return new Map(present.map((row) => [row.member, memberOf(row)]));
    },
    async groupsWith(place, op, value) {
      if (op === 'eq') {
        const names = [await shownNames(place, 'User', [value]), await shownNames(place, 'Group', [value])];
        const found = names.some((known) => known.size > 0) ? (await groupsOf(place, [value])).get(value) : [];
        return (found ?? []).map(({ id }) => id);
      }
      const space = spaceKey(place);
      const rows = await rowsLike(space, OPERATORS[op](value) as object);
      const grouped = [...Map.groupBy(rows, ({ group }) => group)].map(([id, members]) => {
        return { id: id.slice(space.length + 1), version: 0, members: members.map(memberOf) };
      });
      const shown = await showMembers(grouped, (kind, ids) => shownNames(place, kind, ids));
      return [...shown].flatMap(([id, { members }]) => (members.length > 0 ? [id] : []));
    },
  };
}

type ReadHeads = (rows: readonly MembershipRow[]) => Promise<readonly Head[]>;

function isSame(left: readonly MembershipRow[], right: readonly MembershipRow[]): boolean {
  const versions = new Map(left.map(({ _id, version }) => [_id, version]));
  return left.length === right.length && right.every(({ _id, version }) => versions.get(_id) === version);
}

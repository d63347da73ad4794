import type { Member, MemberChange } from '../../core/scim-resource.ts';
import { type MembershipRow, membershipKey } from './resource-schema.ts';

/** What one version of a group does to its members, written down in the group until it is done to the rows. */
export interface PendingChange extends MemberChange {
  /** When it was written down. */
  readonly at: string;
  readonly version: number;
}

/** A row that a pending change makes anew, or makes out of one that is stored. */
export interface RowChange {
  readonly before: MembershipRow | undefined;
  readonly after: MembershipRow;
}

/** A group as rows name it. */
export interface GroupKeys {
  readonly group: string;
  readonly space: string;
}

/**
 * What a pending change has still to do, given the rows of those it names, and, when it replaces, of everybody in the group.
 *
 * Pure, and nothing where it was done before: a row of its own version or a later one stays as it is. A row that is right already
 * keeps its version, as whoever does the same change at the same time finds it right too.
 */
export function changesOf(
  pending: PendingChange,
  { group, space }: GroupKeys,
  known: ReadonlyMap<string, MembershipRow>,
): readonly RowChange[] {
  const changes: RowChange[] = [];
  const { version, replace } = pending;
  const added = new Set(pending.add.map(({ id }) => id));
  for (const [place, member] of pending.add.entries()) {
    const before = known.get(member.id);
    if (before && before.version >= version) continue;
    const came = before?.present ? { since: before.since, place: before.place } : { since: version, place };
    const { id, kind, display } = { ...member, ...displayOf(member, before, replace) };
    const after = { _id: membershipKey(group, id), group, space, member: id, kind, present: true, version, ...came };
    if (before?.present && before.kind === kind && before.display === display) continue;
    changes.push({ before, after: display === undefined ? after : { ...after, display } });
  }
  const leaving = replace ? [...known.keys()].filter((id) => !added.has(id)) : pending.remove;
  for (const id of leaving) {
    const before = known.get(id);
    if (!before?.present || before.version >= version) continue;
    changes.push({ before, after: { ...before, present: false, version } });
  }
  return changes;
}

/** Without a new name the one given before stays, unless all members are replaced. */
function displayOf(member: Member, before: MembershipRow | undefined, replace: boolean): Pick<Member, 'display'> {
  if (member.display !== undefined || replace || !before?.present || before.display === undefined) return {};
  return { display: before.display };
}

/** Those present once the pending change, if any, is done: by member. */
export function overlaid(
  rows: ReadonlyMap<string, MembershipRow>,
  pending: PendingChange | undefined,
  keys: GroupKeys,
): ReadonlyMap<string, MembershipRow> {
  if (!pending) return rows;
  const overlay = new Map(rows);
  for (const { after } of changesOf(pending, keys, rows)) {
    if (after.present) overlay.set(after.member, after);
    else overlay.delete(after.member);
  }
  return overlay;
}

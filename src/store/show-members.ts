import type { Member } from '../core/scim-resource.ts';
import type { ShownMember } from '../ports/resource-store.ts';

/** A group with everybody in it, as stored. */
export interface StoredGroup {
  readonly id: string;
  readonly version: number;
  /** In the order in which they came in. */
  readonly members: readonly Member[];
}

/** Of these ids those that the connection sees, with the names they are shown by; '' for one without any. */
export type ShownNames = (kind: Member['kind'], ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;

const KINDS = ['User', 'Group'] as const;

/** Names the members of groups, and leaves out those the connection does not see. Everybody is looked up once. */
export async function showMembers(
  groups: readonly StoredGroup[],
  shownNames: ShownNames,
): Promise<ReadonlyMap<string, { readonly version: number; readonly members: readonly ShownMember[] }>> {
  const names = new Map<Member['kind'], ReadonlyMap<string, string>>();
  for (const kind of KINDS) {
    const ids = groups.flatMap(({ members }) => members.filter((member) => member.kind === kind).map(({ id }) => id));
    names.set(kind, ids.length > 0 ? await shownNames(kind, [...new Set(ids)]) : new Map());
  }
  return new Map(
    groups.map(({ id, version, members }) => {
      const shown = members.flatMap((member) => {
        const name = names.get(member.kind)?.get(member.id);
        if (name === undefined) return [];
        return member.display !== undefined || name === '' ? [member] : [{ ...member, display: name }];
      });
      return [id, { version, members: shown }];
    }),
  );
}

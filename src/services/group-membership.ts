import { GROUP, type ScimResource } from '../core/scim-resource.ts';
import type { GroupReference, ResourceSpace } from '../ports/resource-store.ts';
import type { WriteDependencies } from './dependencies.ts';
import { leaveGroups } from './leave-groups.ts';
import { type ResourceKind, spaceOf } from './provision-resource.ts';
import type { ScimCaller } from './scim-assertion.ts';

/** A group somebody is in: itself, or through a group that is in it. */
export interface JoinedGroup extends GroupReference {
  readonly direct: boolean;
}

/** The groups of people, and the people of groups, nested groups included. */
export interface GroupMembership {
  /** By SCIM id of a person, direct ones first; who is in no group is absent. One query a level, whoever is asked for. */
  groupsOf(caller: ScimCaller, scimIds: readonly string[]): Promise<ReadonlyMap<string, readonly JoinedGroup[]>>;
  /** Every group the caller has, in the order of creation; null when those are more than `most`. */
  allGroups(caller: ScimCaller, most: number): Promise<readonly GroupReference[] | null>;
  /** The SCIM ids of everybody in these groups or in those that are in them; null when they are more than `most`. */
  peopleIn(caller: ScimCaller, groupIds: readonly string[], most: number): Promise<ReadonlySet<string> | null>;
  /** Takes somebody whose SCIM id died out of all groups; `kind` is that of groups. */
  leave(caller: ScimCaller, kind: ResourceKind, scimId: string): Promise<void>;
}

type Parents = ReadonlyMap<string, readonly GroupReference[]>;

/** Groups in groups in groups that are followed: each level is a query. */
const DEEPEST_NESTING = 64;

/** Groups read at once. */
const AT_ONCE = 200;

export function createGroupMembership(deps: WriteDependencies): GroupMembership {
  const { resources } = deps.stores;
  const spaceFor = (caller: ScimCaller): ResourceSpace => spaceOf(caller, { type: GROUP });

  const parentsOf = async (space: ResourceSpace, scimIds: readonly string[]): Promise<Parents> => {
    const parents = new Map<string, readonly GroupReference[]>();
    let next: readonly string[] = scimIds;
    for (let level = 0; next.length > 0 && level < DEEPEST_NESTING; level++) {
      const found = await resources.groupsOf(space, next);
      for (const id of next) parents.set(id, found.get(id) ?? []);
      const above = [...found.values()].flatMap((groups) => groups.map(({ id }) => id));
      next = [...new Set(above)].filter((id) => !parents.has(id));
    }
    return parents;
  };

  return {
    async groupsOf(caller, scimIds) {
      if (scimIds.length === 0) return new Map();
      const parents = await parentsOf(spaceFor(caller), scimIds);
      const joined = scimIds.map((id) => [id, joinedBy(id, parents)] as const);
      return new Map(joined.filter(([, groups]) => groups.length > 0));
    },

    async allGroups(caller, most) {
      const groups: GroupReference[] = [];
      let after: string | null = null;
      do {
        const page = await resources.list({ ...spaceFor(caller), from: { after }, limit: AT_ONCE });
        if (page.total > most) return null;
        groups.push(...page.resources.map(referenceTo));
        after = page.next;
      } while (after !== null);
      return groups;
    },

    async peopleIn(caller, groupIds, most) {
      const people = new Set<string>();
      const seen = new Set(groupIds);
      const waiting = [...seen];
      while (waiting.length > 0 && people.size <= most) {
        const found = await resources.members(spaceFor(caller), waiting.splice(0, AT_ONCE));
        for (const { id, kind } of [...found.values()].flatMap((group) => group.members)) {
          if (kind === 'User') people.add(id);
          else if (!seen.has(id)) {
            seen.add(id);
            waiting.push(id);
          }
        }
      }
      return people.size > most ? null : people;
    },

    leave: ({ organizationId }, kind, scimId) => leaveGroups(deps, kind, organizationId, scimId),
  };
}

function referenceTo({ id, attributes: { displayName } }: ScimResource): GroupReference {
  return { id, displayName: typeof displayName === 'string' ? displayName : null };
}

/** Upwards from one person; a group that contains itself is met once. */
function joinedBy(id: string, parents: Parents): readonly JoinedGroup[] {
  const joined = new Map<string, JoinedGroup>();
  let next: readonly string[] = [id];
  for (let direct = true; next.length > 0; direct = false) {
    const above = next.flatMap((child) => parents.get(child) ?? []).filter((group) => !joined.has(group.id));
    for (const group of above) joined.set(group.id, { ...group, direct });
    next = [...new Set(above.map((group) => group.id))];
  }
  return [...joined.values()];
}

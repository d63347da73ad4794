import { GROUP, type ScimResource } from '../core/scim-resource.ts';
import type { GroupReference, ResourceSpace } from '../ports/resource-store.ts';
import type { WriteDependencies } from './dependencies.ts';
import { type JoinedGroup, joinedGroups, peopleIn } from './joined-groups.ts';
import { leaveGroups } from './leave-groups.ts';
import { type ResourceKind, spaceOf } from './provision-resource.ts';
import type { ScimCaller } from './scim-assertion.ts';

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

/** Groups read at once. */
const AT_ONCE = 200;

export function createGroupMembership(deps: WriteDependencies): GroupMembership {
  const { resources } = deps.stores;
  const spaceFor = (caller: ScimCaller): ResourceSpace => spaceOf(caller, { type: GROUP });

  return {
    groupsOf: (caller, scimIds) => joinedGroups(resources, spaceFor(caller), scimIds),

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

    peopleIn: (caller, groupIds, most) => peopleIn(resources, spaceFor(caller), groupIds, most),

    leave: ({ organizationId }, kind, scimId) => leaveGroups(deps, kind, organizationId, scimId),
  };
}

function referenceTo({ id, attributes: { displayName } }: ScimResource): GroupReference {
  return { id, displayName: typeof displayName === 'string' ? displayName : null };
}

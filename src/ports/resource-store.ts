import type { Member, MemberChange, ScimResource } from '../core/scim-resource.ts';

/** One kind of resource of one connection: what a SCIM request can see. */
export interface ResourceSpace {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly type: string;
}

export interface ResourceChange {
  /** `version` is the new one: the stored version must be `version - 1`; 1 inserts. */
  readonly resource: ScimResource;
  /** Texts of which no other living resource of the same space may have any (`displayName:<folded name>`). */
  readonly claims: readonly string[];
  readonly members?: MemberChange;
}

/**
 * The indexed fields of a resource. `displayName` compares folded, the others exactly; `member` is the SCIM id of anybody who is
 * shown as a member. Comparisons mean what they mean in `Condition`. For `member`, `eq` goes by index; other comparisons cost the
 * members of the space.
 */
export type ResourceField = 'id' | 'externalId' | 'displayName' | 'created' | 'lastModified' | 'member';

export type ResourceCondition =
  | {
      readonly field: ResourceField;
      readonly op: 'eq' | 'ne' | 'sw' | 'co' | 'gt' | 'ge' | 'lt' | 'le' | 'pr';
      readonly value: string | boolean | null;
    }
  | { readonly and: readonly ResourceCondition[] }
  | { readonly or: readonly ResourceCondition[] }
  | { readonly not: ResourceCondition };

export interface ResourceQuery extends ResourceSpace {
  /** Narrows by index; absent = all. */
  readonly condition?: ResourceCondition;
  /** Resources to pass over (0-based) in the order of creation, or the key of the one to go on after (null: from the start). */
  readonly from: { readonly offset: number } | { readonly after: string | null };
  /** 0 counts only. */
  readonly limit: number;
}

/** A member as readers see them. */
export interface ShownMember extends Member {
  /** What the client called them, else the name they are shown by; absent when they have none. */
  readonly display?: string;
}

/** A group somebody is directly in. */
export interface GroupReference {
  readonly id: string;
  readonly displayName: string | null;
}

/**
 * Durable home of groups and of the resources of configured types. Adapters pass test/contracts/resource-store.contract.ts.
 *
 * A write of a resource and its members is one for every reader: a group is seen as before or as after, never in between, and racing
 * writers never lose one another. Adding or removing a member costs the same in a group of 10 and of 100,000.
 */
export interface ResourceStore {
  /**
   * Writes one resource by compare-and-swap, with what happens to its members. Throws `stale`, also for an id that was removed;
   * `resource_name_taken` (details.resourceId = the holder) for a claim another one has. Nothing is written then.
   *
   * Who is added and in the group already keeps their place, and, unless all members are replaced, the name the client gave them
   * before when it gives none now. Whether anybody has the members' ids is not looked at.
   */
  save(change: ResourceChange): Promise<void>;
  /**
   * Removes a resource, its members, and itself from the groups it is in. False when there is none; throws `stale` when a version is
   * given and it is not the stored one. Its id is remembered, its claims are free.
   */
  remove(space: ResourceSpace, id: string, version?: number): Promise<boolean>;

  get(space: ResourceSpace, id: string): Promise<ScimResource | null>;
  /** Those of them that live, by id. */
  getMany(space: ResourceSpace, ids: readonly string[]): Promise<ReadonlyMap<string, ScimResource>>;
  /** Those of them that once lived in the space and were removed. */
  removed(space: ResourceSpace, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** `total` is exact; `next` is the key of the last one shown when more follow, else null. Cost: the rows returned, the matches of a condition, the offset. */
  list(query: ResourceQuery): Promise<{
    readonly resources: readonly ScimResource[];
    readonly total: number;
    readonly next: string | null;
  }>;

  /**
   * Everybody in these groups, by group, in the order in which they came in; as of one moment for each group, with the version of the
   * group at that moment. People the connection does not see (deleted over SCIM, owned by another connection) and removed groups are not shown.
   */
  members(
    space: ResourceSpace,
    groupIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly version: number; readonly members: readonly ShownMember[] }>>;
  /** Those of them that are in the group, by id, as the client named them, seen or not; of one moment. Cost: the ids asked for. */
  membersAmong(space: ResourceSpace, groupId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Member>>;
  /** The groups each of them is directly in, by member id, oldest group first; members in no group are absent. */
  groupsOf(space: ResourceSpace, memberIds: readonly string[]): Promise<ReadonlyMap<string, readonly GroupReference[]>>;

  /** Finishes member changes whose writer died; how many it finished. A store with transactions has none. */
  repair(limit: number): Promise<number>;
}

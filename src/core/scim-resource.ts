import type { Attributes } from './user.ts';

/** The resource type of RFC 7643 §4.2; every other type but User is one that an organization has configured. */
export const GROUP = 'Group';

/**
 * Anything SCIM keeps beside people: a group, or an instance of a resource type that the organization has configured.
 *
 * It belongs to the connection that made it, and no other connection sees it. Members of a group are not in it: they are rows.
 */
export interface ScimResource {
  /** The SCIM id: given once, never given again. */
  readonly id: string;
  readonly organizationId: string;
  readonly connectionId: string;
  /** `Group`, or the name of a configured resource type. */
  readonly type: string;
  readonly externalId: string | null;
  /** By canonical attribute name, extensions by `URN:name`, as for people; never null, never `members`. */
  readonly attributes: Attributes;
  /** Content of unknown extension schemas, as one JSON text, kept for the client that sent it. */
  readonly opaque?: string;
  /** 0 = never saved. Raised by a change of members too. */
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Somebody or some group in a group, as the client named them. */
export interface Member {
  /** The SCIM id of a person or group. */
  readonly id: string;
  readonly kind: 'User' | 'Group';
  /** What the client called them; absent: they are shown by their own name. */
  readonly display?: string;
}

/** What a write does to the members of a group. Nobody is in it twice; who is both added and removed stays out. */
export interface MemberChange {
  /** Whoever is not among `add` leaves. */
  readonly replace: boolean;
  readonly add: readonly Member[];
  readonly remove: readonly string[];
}

/** The change with everybody named once, at most: at their first place and as named last. Whoever is removed is not added. */
export function settledMembers({ replace, add, remove }: MemberChange): MemberChange {
  const removed = new Set(remove);
  const added = new Map<string, Member>();
  for (const member of add) if (!removed.has(member.id)) added.set(member.id, { ...added.get(member.id), ...member });
  return { replace, add: [...added.values()], remove: replace ? [] : [...removed] };
}

import type { Json } from './json.ts';
import type { Actor } from './user.ts';

/** Something that happened to a person, written with the change itself and published in order per person. */
export interface UserEvent {
  /** `<userId>:<n>`, n counting from 1 without gaps. */
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly type: EventType;
  readonly at: string;
  readonly by: Actor;
  /** Attribute → [before, after]; `status`, `email`, `access` beside the attribute names. */
  readonly changes: { readonly [name: string]: readonly [Json, Json] };
  readonly effects: readonly string[];
}

export type EventType =
  | 'user.created'
  | 'user.updated'
  | 'user.activated'
  | 'user.deactivated'
  | 'user.terminated'
  | 'user.unprovisioned'
  | 'user.blocked'
  | 'user.unblocked'
  /** To each of the two: who took the place of whom. */
  | 'interview.reassigned'
  /** About nobody by name: a mapping, and a group whose change is about more people than are told one by one. */
  | 'group_mapping.changed'
  | 'group.members_changed'
  | 'alert.last_admin'
  | 'alert.scim_deactivations'
  | 'alert.plan_held'
  | 'alert.plan_decided'
  | 'alert.sync_quarantined'
  | 'alert.sync_recovered'
  | 'alert.sync_off';

/** An event as readers of the feed get it: in the order of publication within an organization. */
export interface PublishedEvent extends UserEvent {
  readonly sequence: number;
}

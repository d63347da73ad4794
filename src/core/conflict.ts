import type { SourceName } from './user.ts';

export type ConflictKind =
  /** Linking waits for an admin: *Link existing users* is `ask`, or a new key came for an address whose former key is gone. */
  | 'link'
  /** A source's own key points at one person, the address at another: nothing was written. */
  | 'identity'
  /** A directory shows two keys with one address, and the person has the other one. */
  | 'two_keys'
  /** Two directories say differently whether a person is active, or what their address is. */
  | 'directories_disagree'
  /** The address a source wants is held by somebody else. */
  | 'email_taken'
  /** A source wants to change a linked person's address outside the organization's own domains. */
  | 'email_held'
  /** A provider tried to create a person another connection owns. */
  | 'claimed'
  /** A provider or a directory shows an account of an agency user, whom neither has a say about. */
  | 'agency_user';

/** Something two sources disagree about and nobody may decide alone. */
export interface Conflict {
  readonly id: string;
  readonly organizationId: string;
  /** One open conflict per key; saying it again changes nothing. */
  readonly key: string;
  readonly kind: ConflictKind;
  readonly source: SourceName;
  readonly connectionId: string | null;
  readonly externalId: string | null;
  /** The person it is about, when there is one already. */
  readonly userId: string | null;
  /** The other person involved. */
  readonly otherUserId: string | null;
  readonly email: string | null;
  readonly message: string;
  /** `accepted` is spent (→ `resolved`) by the write it allows. */
  readonly state: 'open' | 'accepted' | 'dismissed' | 'resolved';
  readonly createdAt: string;
  readonly updatedAt: string;
}

import type { TagField } from '../core/tags.ts';

/**
 * The fixed, indexed shadow fields of a person that a store can search by.
 *
 * `userName`, `emails`, `displayName`, `familyName`, `givenName`, `department`, `location` compare folded; the others exactly.
 * `emails`, `sources`, `roles`, `jobs` and `pools` hold any number of values: a comparison holds when any of them satisfies it, `ne`
 * when none equals. `roles` are those granted (dormant ones are not), `jobs` those a role is granted for.
 * `userName`, `externalId`, `active` and `lastModified` are the SCIM view's (an unowned person's userName is their address, and they
 * have no externalId); `updated` is when the person was written last, whether SCIM sees why or not; `email` is the claimed address, `q` matches a part of name or address, whatever the comparison (`ne`: no part).
 * A field without a value satisfies `ne` and no other comparison; `pr` holds for a value that is not empty, and `eq null` and
 * `ne null` say the same as not `pr` and `pr`. A value of the wrong type satisfies `ne` only; `active` knows `eq`, `ne` and `pr`,
 * and `roles`, `jobs`, `pools`, `agency`, `hostId` and `employeeNumber` have no order.
 */
export type UserField =
  | 'id'
  | 'scimId'
  | 'userName'
  | 'externalId'
  | 'emails'
  | 'email'
  | 'displayName'
  | 'familyName'
  | 'givenName'
  | 'status'
  | 'kind'
  | 'sources'
  | 'active'
  | 'department'
  | 'location'
  | 'level'
  | TagField
  | 'created'
  | 'updated'
  | 'lastModified'
  | 'q';

/** The fields an index keeps people in order by. Text is ordered as it is compared, by code points. */
export type UserOrderField =
  | Extract<UserField, 'scimId' | 'userName' | 'displayName' | 'familyName' | 'givenName'>
  /** The effective displayName. */
  | 'name'
  | Extract<UserField, 'created' | 'updated' | 'lastModified'>;

export type Comparison = 'eq' | 'ne' | 'sw' | 'co' | 'gt' | 'ge' | 'lt' | 'le' | 'pr';

/** A typed condition over shadow fields; never built from client objects, only from a parsed filter. */
export type Condition =
  | { readonly field: UserField; readonly op: Comparison; readonly value: string | boolean | null }
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly not: Condition };

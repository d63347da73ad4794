import { DIRECTORIES } from '../../core/user.ts';
import type { Collection } from './driver.ts';
import type { ClaimFields, UserFields } from './user-shadow.ts';

/** What is told of one save. Events are kept as JSON: their changes are keyed by attribute names, which may hold dots. */
export interface OutboxEntry {
  readonly id: string;
  /** Absent of a change that is not published. */
  readonly event?: string;
  /** JSON, likewise. */
  readonly history?: string;
}

/** One person, with everything that belongs to them, so that each save is one atomic write. */
export interface UserRow extends UserFields {
  _id: string;
  /** Random, of the save that wrote last: tells a writer that got no answer whether the write was theirs. */
  writeId: string;
  /** Events the relay has not moved yet, oldest first; the relay pulls them. */
  outbox?: readonly OutboxEntry[];
  /** When the oldest of them happened; absent while there is none. */
  outboxAt?: string;
  parked?: ParkedClaims;
}

/** What a person gave up for the moment, so that others of the same bulk write can take it, and since when. */
export interface ParkedClaims extends ClaimFields {
  at: string;
  /** Here too, so that one index, which is nearly always empty, leads to whoever parked something. */
  organization: string;
}

export type UserCollection = Collection<UserRow>;

export const USERS = 'users';

/** Ids stand in the order of creation, also within the key. */
export function userKey(organization: string, id: string): string {
  return `${organization}/${id}`;
}

interface UserIndex {
  readonly name: string;
  readonly key: { readonly [field: string]: 1 | -1 };
  readonly unique?: true;
  readonly partialFilterExpression?: { readonly [field: string]: unknown };
}

/** An index of those people only who have the field. */
function having(field: string, ...more: readonly string[]): Pick<UserIndex, 'key' | 'partialFilterExpression'> {
  const fields = ['organization', field, ...more].map((name) => [name, 1] as const);
  return { key: Object.fromEntries(fields), partialFilterExpression: { [field]: { $exists: true } } };
}

/**
 * Where each read finds its people without walking the collection. Reads by id, and lists, go by `_id`; `_id` at the end of a key gives
 * the order of creation within one value of the field before it, and status counts everybody.
 */
export const USER_INDEXES: readonly UserIndex[] = [
  { name: 'users_email', unique: true, ...having('emailKey') },
  { name: 'users_user_name', unique: true, ...having('userNameKey') },
  { name: 'users_scim_id', unique: true, ...having('scimId') },
  { name: 'users_source_claims', unique: true, ...having('sourceClaims') },
  { name: 'users_former_user_name', ...having('formerUserNameKey', 'updated') },
  { name: 'users_external_id', ...having('externalId') },
  { name: 'users_emails', ...having('emails') },
  { name: 'users_scope', ...having('scope', '_id') },
  { name: 'users_status', key: { organization: 1, status: 1, _id: 1 } },
  { name: 'users_agency', key: { organization: 1, kind: 1, _id: 1 }, partialFilterExpression: { kind: 'agency' } },
  { name: 'users_display_name', key: { organization: 1, displayName: 1 } },
  { name: 'users_family_name', key: { organization: 1, familyName: 1 } },
  { name: 'users_given_name', key: { organization: 1, givenName: 1 } },
  { name: 'users_updated', key: { organization: 1, updated: 1 } },
  // Everything a scan asks for stands in the index, so that the documents stay unread.
  ...DIRECTORIES.map((source) => ({
    name: `users_${source}`,
    ...having(`directories.${source}.key`, `directories.${source}.activity`, 'id'),
  })),
  { name: 'users_outbox', key: { outboxAt: 1 }, partialFilterExpression: { outboxAt: { $exists: true } } },
  { name: 'users_parked', key: { 'parked.at': 1 }, partialFilterExpression: { 'parked.at': { $exists: true } } },
];

const ordered = (name: string, field: string): UserIndex => ({ name, key: { organization: 1, [field]: 1, _id: 1 } });

/** The indexes lists are ordered by: among equals the order of creation decides. */
export const ORDER_INDEXES: readonly UserIndex[] = [
  // Also those whose name is parked, whom the index that keeps names unique does not know.
  ordered('users_by_user_name', 'userNameKey'),
  ordered('users_by_display_name', 'displayName'),
  ordered('users_by_family_name', 'familyName'),
  ordered('users_by_given_name', 'givenName'),
  ordered('users_by_created', 'created'),
  ordered('users_by_updated', 'updated'),
  { name: 'users_inactive', key: { organization: 1, scope: 1, _id: 1 }, partialFilterExpression: { active: false } },
];

/** The indexes of what admins filter and sort by; few have a level of their own. */
export const FOUND_BY_INDEXES: readonly UserIndex[] = [
  ordered('users_by_name', 'name'),
  { name: 'users_kind_status', key: { organization: 1, kind: 1, status: 1, _id: 1 } },
  { name: 'users_department', ...having('department', '_id') },
  { name: 'users_location', ...having('location', '_id') },
  {
    name: 'users_elevated',
    key: { organization: 1, level: 1, _id: 1 },
    partialFilterExpression: { level: 'elevated' },
  },
  { name: 'users_admin', key: { organization: 1, level: 1 }, partialFilterExpression: { level: 'admin' } },
  { name: 'users_tags', ...having('tags', '_id') },
];

/** When SCIM last saw people change, which is not always when they were written last. */
export const SEEN_INDEXES: readonly UserIndex[] = [ordered('users_by_seen', 'seen')];

/** What those have made superfluous. */
export const FORMER_INDEXES = ['users_display_name', 'users_family_name', 'users_given_name', 'users_updated'] as const;

import { seenByScim } from '../../core/scim-view.ts';
import { type Shadow, type ShadowKey, shadowOf } from '../../core/shadow.ts';
import type { User } from '../../core/user.ts';
import { HOST_ID, UNIQUE_VALUE } from '../claims.ts';
import type { Value } from './statements.ts';

/** The value of every column of `users` beside its keys, in the order of USER_COLUMNS. */
export type UserColumns = readonly Value[];

type ColumnRule = (shadow: Shadow, user: User, numberOf: NumberOf) => Value;

/** Gives the number a connection goes by. */
export type NumberOf = (connectionId: string) => number;

/** One row per column: what a person's document and shadow put there. */
const RULES = {
  settings_version: (_, user) => user.settingsVersion,
  kind: (_, user) => user.kind,
  status: (_, user) => user.status,
  created: (_, user) => user.createdAt,
  updated_day: (_, user) => dayOf(user.updatedAt),
  seen_day: (_, user) => dayOf(seenByScim(user).at),
  scim_id: ({ scimId }) => scimId,
  scope: ({ visible, connectionId }, _, numberOf) => (visible ? scopeOf(connectionId, numberOf) : null),
  user_name: ({ userNameKey }) => userNameKey,
  former_user_name: ({ formerUserNameKey }) => formerUserNameKey,
  external_id: ({ externalId }) => externalId,
  email: ({ emailKey }) => emailKey,
  display_name: ({ displayName }) => displayName,
  family_name: ({ familyName }) => familyName,
  given_name: ({ givenName }) => givenName,
  active: ({ active }) => Number(active),
  emails: ({ emails }) => JSON.stringify(emails),
  sources: ({ sources }) => JSON.stringify(sources),
  source_keys: ({ sourceKeys, uniqueValues, hostId }, _, numberOf) =>
    JSON.stringify([
      ...sourceKeys.map((key) => keyRow(key, numberOf)),
      ...uniqueValues.map((value) => heldRow(UNIQUE_VALUE, value)),
      ...(hostId === null ? [] : [heldRow(HOST_ID, hostId)]),
    ]),
  search: ({ search }) => search,
  shown_name: ({ shownName }) => shownName,
  former_scim_ids: ({ formerScimIds }) => JSON.stringify(formerScimIds),
  name_key: ({ name }) => name,
  department: ({ department }) => department,
  location: ({ location }) => location,
  level: ({ level }) => level,
  tags: ({ tags }) => JSON.stringify(tags),
} as const satisfies Record<string, ColumnRule>;

export type UserColumn = keyof typeof RULES;

export const USER_COLUMNS = Object.keys(RULES) as readonly UserColumn[];
const POSITIONS: ReadonlyMap<string, number> = new Map(USER_COLUMNS.map((name, index) => [name, index]));
const COLUMN_RULES: readonly ColumnRule[] = Object.values(RULES);

/** The `scope` of a visible person nobody owns; an owned one's is the connection. Null: no connection sees them. */
export const UNOWNED = 0;
/** The `connection` of sources that have none. */
export const NO_CONNECTION = 0;

/** `updated` changes with every save and would cost an index write each; its day changes once a day and narrows as well. */
export function dayOf(at: string): string {
  return at.slice(0, 10);
}

/** Whether a part of a key can be the number of a row. */
export function isRowNumber(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

export function columnsOf(user: User, numberOf: NumberOf): UserColumns {
  const shadow = shadowOf(user);
  return COLUMN_RULES.map((rule) => rule(shadow, user, numberOf));
}

export function column(columns: UserColumns, name: UserColumn): Value {
  return columns[POSITIONS.get(name) ?? -1] ?? null;
}

export function textColumn(columns: UserColumns, name: UserColumn): string | null {
  const value = column(columns, name);
  return typeof value === 'string' ? value : null;
}

/** A source key as the `source_keys` column lists it and its table stores it. */
export type KeyRow = readonly [
  source: string,
  connection: number,
  externalId: string,
  activity: string,
  present: number,
  hash: string | null,
  granted: number,
];

export function keyRows(columns: UserColumns): readonly KeyRow[] {
  return JSON.parse(textColumn(columns, 'source_keys') ?? '[]') as readonly KeyRow[];
}

/** The email values that are not the claimed address, which has a column of its own. */
export function otherEmails(columns: UserColumns): readonly string[] {
  const address = textColumn(columns, 'email');
  const emails = JSON.parse(textColumn(columns, 'emails') ?? '[]') as readonly string[];
  return emails.filter((email) => email !== address);
}

/** Unique values and the host's ids lie where source keys do, for being unique in the same way. */
function heldRow(kind: string, value: string): KeyRow {
  return [kind, NO_CONNECTION, value, 'unknown', 1, null, 0];
}

export function formerScimIds(columns: UserColumns): readonly string[] {
  return JSON.parse(textColumn(columns, 'former_scim_ids') ?? '[]') as readonly string[];
}

export function tagsIn(columns: UserColumns): readonly string[] {
  return JSON.parse(textColumn(columns, 'tags') ?? '[]') as readonly string[];
}

function keyRow({ source, connectionId, externalId, ...state }: ShadowKey, numberOf: NumberOf): KeyRow {
  const connection = connectionId === null ? NO_CONNECTION : numberOf(connectionId);
  const { activity, present, hash, granted } = state;
  return [source, connection, externalId, activity, Number(present), hash, Number(granted)];
}

function scopeOf(connectionId: string | null, numberOf: NumberOf): number {
  return connectionId === null ? UNOWNED : numberOf(connectionId);
}

import { seenByScim } from '../../core/scim-view.ts';
import { type ShadowKey, shadowOf } from '../../core/shadow.ts';
import type { Activity, Level, User } from '../../core/user.ts';
import { HOST_ID, UNIQUE_VALUE } from '../claims.ts';
import { type StoredPerson, storedPerson } from './user-document.ts';

/** What a directory's record says, as far as scans ask; kept only while the directory shows the person. */
export interface DirectoryShadow {
  key: string;
  activity: Activity;
  granted: boolean;
  hash: string | null;
}

/** What only one person of an organization may hold. A field without a value is absent, so that its index does not see it. */
export interface ClaimFields {
  emailKey?: string;
  userNameKey?: string;
  scimId?: string;
  /** See `sourceClaim`. */
  sourceClaims?: readonly string[];
}

/** The fields of a person's document that a save sets; the others belong to saves as such, and to the relay. */
export interface UserFields extends StoredPerson, ClaimFields {
  /** The owning connection, or `UNOWNED`; absent when no connection sees the person. */
  scope?: string;
  formerUserNameKey?: string;
  formerScimIds?: readonly string[];
  /** What others are shown of the person, and the version of the person it belongs to. */
  shown?: { readonly name: string; readonly version: number };
  externalId?: string;
  emails?: readonly string[];
  displayName: string | null;
  familyName: string | null;
  givenName: string | null;
  /** Of the effective values, as are department and location. */
  name: string | null;
  department?: string;
  location?: string;
  level: Level;
  tags?: readonly string[];
  active: boolean;
  sources: readonly string[];
  /** When SCIM last saw the person change. */
  seen: string;
  search: string;
  directories: { [source: string]: DirectoryShadow };
}

/** The `scope` of a visible person nobody owns. */
export const UNOWNED = '';

/** Fields that a person may be without. */
export const OPTIONAL_FIELDS = [
  'emailKey',
  'userNameKey',
  'scimId',
  'sourceClaims',
  'scope',
  'formerUserNameKey',
  'formerScimIds',
  'externalId',
  'emails',
  'department',
  'location',
  'tags',
] as const satisfies readonly (keyof UserFields)[];

export const CLAIM_FIELDS = [
  'emailKey',
  'userNameKey',
  'scimId',
  'sourceClaims',
] as const satisfies readonly (keyof ClaimFields)[];

/** The person and their shadow, as one document holds them. */
export function userFields(user: User): UserFields {
  const shadow = shadowOf(user);
  const fields: UserFields = {
    ...storedPerson(user),
    displayName: shadow.displayName,
    familyName: shadow.familyName,
    givenName: shadow.givenName,
    name: shadow.name,
    level: shadow.level,
    active: shadow.active,
    sources: shadow.sources,
    seen: seenByScim(user).at,
    search: shadow.search,
    directories: directoriesOf(shadow.sourceKeys),
    shown: { name: shadow.shownName, version: user.version },
  };
  if (shadow.emailKey !== null) fields.emailKey = shadow.emailKey;
  if (shadow.userNameKey !== null) fields.userNameKey = shadow.userNameKey;
  if (shadow.scimId !== null) fields.scimId = shadow.scimId;
  const claims = [...shadow.sourceKeys.map(claimOf), ...shadow.uniqueValues.map(valueClaim)];
  if (shadow.hostId !== null) claims.push(sourceClaim(HOST_ID, null, shadow.hostId));
  if (claims.length > 0) fields.sourceClaims = claims;
  if (shadow.visible) fields.scope = shadow.connectionId ?? UNOWNED;
  if (shadow.formerUserNameKey !== null) fields.formerUserNameKey = shadow.formerUserNameKey;
  if (shadow.formerScimIds.length > 0) fields.formerScimIds = shadow.formerScimIds;
  if (shadow.externalId !== null) fields.externalId = shadow.externalId;
  if (shadow.emails.length > 0) fields.emails = shadow.emails;
  if (shadow.department !== null) fields.department = shadow.department;
  if (shadow.location !== null) fields.location = shadow.location;
  if (shadow.tags.length > 0) fields.tags = shadow.tags;
  return fields;
}

/** One source's key for a person as a single text; only its last part may hold anything. */
export function sourceClaim(source: string, connectionId: string | null, externalId: string): string {
  return `${source}\n${connectionId ?? ''}\n${externalId}`;
}

/** Unique values lie where source keys do, for being unique in the same way. */
function valueClaim(value: string): string {
  return sourceClaim(UNIQUE_VALUE, null, value);
}

/** Whose key one of the `sourceClaims` is. */
export function claimSource(claim: string): string {
  return claim.slice(0, claim.indexOf('\n'));
}

function claimOf({ source, connectionId, externalId }: ShadowKey): string {
  return sourceClaim(source, connectionId, externalId);
}

function directoriesOf(keys: readonly ShadowKey[]): UserFields['directories'] {
  const present = keys.filter(({ source, present }) => present && source !== 'scim');
  return Object.fromEntries(
    present.map(({ source, externalId, activity, granted, hash }) => [
      source,
      { key: externalId, activity, granted, hash },
    ]),
  );
}

import { fold } from './fold.ts';
import { isList, isObject, type Json } from './json.ts';
import { DEPARTMENT, LOCATION } from './person-attributes.ts';
import { ownerRecord, type ScimView, scimView } from './scim-view.ts';
import { tagsOf } from './tags.ts';
import type { Activity, Attributes, Level, SourceName, SourceRecord, User } from './user.ts';

/** One source's own key for a person, unique within organization, source and connection. */
export interface ShadowKey {
  readonly source: SourceName;
  readonly connectionId: string | null;
  readonly externalId: string;
  /** `unknown` for sources that observe no activity. */
  readonly activity: Activity;
  readonly present: boolean;
  /**
   * Hash of the person as the directory last showed them; null for sources without one, of agency users, and while an address is held: such a person
   * is looked at anew in every run, so that what a crash left undone about them is done.
   */
  readonly hash: string | null;
  readonly granted: boolean;
}

/**
 * What a store keeps beside a person's document to find them by. Text is folded unless said otherwise.
 *
 * Names, emails, userName, externalId and `active` are those of the SCIM view; who has none (agency people, dead SCIM ids) is
 * shadowed by effective values and the claimed address.
 */
export interface Shadow {
  /** As it is. */
  readonly scimId: string | null;
  /** As they were. */
  readonly formerScimIds: readonly string[];
  /** Employee with a living SCIM id: some connection sees them. */
  readonly visible: boolean;
  /** The owning connection; null while nobody owns the person. */
  readonly connectionId: string | null;
  /** As spelled in the SCIM view; null without one. */
  readonly userName: string | null;
  /** What others are shown of a visible person, as spelled: displayName, else name, else userName; '' without any. */
  readonly shownName: string;
  /** Unique within the organization. */
  readonly userNameKey: string | null;
  /** The userName that a deleted person's last SCIM record carries. */
  readonly formerUserNameKey: string | null;
  /** As it is. */
  readonly externalId: string | null;
  /** Unique within the organization. */
  readonly emailKey: string | null;
  /** Unique within the organization, as they are. */
  readonly uniqueValues: readonly string[];
  /** Unique within the organization, as it is. */
  readonly hostId: string | null;
  readonly emails: readonly string[];
  readonly displayName: string | null;
  readonly familyName: string | null;
  readonly givenName: string | null;
  readonly active: boolean;
  readonly sources: readonly SourceName[];
  readonly sourceKeys: readonly ShadowKey[];
  /** Names (effective and of the SCIM view) and the claimed address, a line each: what a free search looks into. */
  readonly search: string;
  /** Of the effective values. */
  readonly name: string | null;
  readonly department: string | null;
  readonly location: string | null;
  readonly level: Level;
  /** As they are; see `tagsOf`. */
  readonly tags: readonly string[];
}

/** Derives the shadow of a person. Pure: the same document always casts the same shadow. */
export function shadowOf(user: User): Shadow {
  const view = viewOf(user);
  const visible = view !== null;
  const userName = view ? text(view.attributes.userName) : null;
  const shown = view ? view.attributes : user.attributes;
  const names = namesOf(shown);
  return {
    scimId: user.scim.id,
    formerScimIds: user.scim.formerIds ?? [],
    visible,
    connectionId: user.scim.connectionId,
    userName,
    shownName: view ? shownNameOf(view.attributes) : '',
    userNameKey: folded(userName),
    formerUserNameKey: visible ? null : formerUserName(user),
    externalId: view?.externalId ?? null,
    emailKey: folded(user.email),
    uniqueValues: visible ? (ownerRecord(user)?.uniqueValues ?? []) : [],
    hostId: user.hostId ?? null,
    emails: view ? emailValues(shown.emails) : emailValues(user.email === null ? [] : [{ value: user.email }]),
    ...names,
    active: view ? view.active : user.status === 'active',
    sources: [...new Set(user.records.map(({ source }) => source))].sort(),
    sourceKeys: user.records.flatMap((record) => keyOf(record, user.heldEmail !== null || user.kind === 'agency')),
    search: searchText(user, names),
    ...foundBy(user),
  };
}

/** What admins filter and sort by, always of the effective values. */
export function foundBy(user: User): Pick<Shadow, 'name' | 'department' | 'location' | 'level' | 'tags'> {
  const { attributes, access } = user;
  return {
    name: folded(text(attributes.displayName)),
    department: folded(text(attributes[DEPARTMENT])),
    location: folded(text(attributes[LOCATION])),
    level: access.level,
    tags: tagsOf(user),
  };
}

/** The part of the shadow that is unique among people's names. */
export function uniqueNames(user: User): Pick<Shadow, 'emailKey' | 'userNameKey'> {
  const userName = viewOf(user)?.attributes.userName;
  return { emailKey: folded(user.email), userNameKey: folded(text(userName)) };
}

/** What SCIM sees of the person; null of whom it sees nothing. */
function viewOf(user: User): ScimView | null {
  return user.kind === 'employee' && user.scim.id !== null ? scimView(user) : null;
}

/** What somebody with these attributes is shown by, as spelled; '' when nothing names them. */
function shownNameOf({ displayName, name, userName }: Attributes): string {
  const parts = isObject(name) ? name : {};
  const spoken = [parts.givenName, parts.familyName].map((part) => text(part)).filter(Boolean);
  return text(displayName) || text(parts.formatted) || spoken.join(' ') || text(userName) || '';
}

type Names = Pick<Shadow, 'displayName' | 'familyName' | 'givenName'>;

function namesOf({ displayName, name }: Attributes): Names {
  const parts = isObject(name) ? name : {};
  return {
    displayName: folded(text(displayName)),
    familyName: folded(text(parts.familyName)),
    givenName: folded(text(parts.givenName)),
  };
}

function searchText({ attributes, email }: User, shown: Names): string {
  const lines = [namesOf(attributes), shown].flatMap(({ displayName, givenName, familyName }) => [
    displayName,
    [givenName, familyName].filter((part) => part !== null).join(' '),
  ]);
  return [...new Set([...lines, folded(email)])].filter(Boolean).join('\n');
}

function emailValues(emails: Json | undefined): readonly string[] {
  if (!isList(emails)) return [];
  const values = emails.filter(isObject).flatMap(({ value }) => (typeof value === 'string' ? [fold(value)] : []));
  return [...new Set(values)];
}

function formerUserName({ kind, scim, records }: User): string | null {
  if (kind !== 'employee' || scim.id !== null) return null;
  const last = records
    .filter(({ source }) => source === 'scim')
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .at(-1);
  return folded(text(last?.attributes.userName));
}

function keyOf(record: SourceRecord, isHeld: boolean): readonly ShadowKey[] {
  const { source, connectionId, externalId, directory } = record;
  if (externalId === null) return [];
  const { activity = 'unknown', present = true, hash = null, granted = false } = directory ?? {};
  return [{ source, connectionId, externalId, activity, present, hash: isHeld ? null : hash, granted }];
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function folded(value: string | null): string | null {
  return value === null ? null : fold(value);
}

import type { Json } from './json.ts';

/** Everybody who may say something about a person. CSV import and admin edits are `manual`. */
export type SourceName = 'scim' | DirectoryName | 'manual';
export type DirectoryName = 'google' | 'microsoft';
export const DIRECTORIES: readonly DirectoryName[] = ['google', 'microsoft'];

export type Status = 'unprovisioned' | 'active' | 'deactivated' | 'terminated';
export type Activity = 'active' | 'inactive' | 'unknown';
export type Level = 'limited' | 'elevated' | 'admin';

/**
 * What a source asserts, by canonical attribute name: a core attribute by its bare name (`title`), an extension
 * attribute by its URN (`urn:…:User:department`). `null` asserts "no value"; an absent name asserts nothing.
 */
export interface Attributes {
  readonly [name: string]: Json;
}

/** Who did something: an admin, an API key, a SCIM connection, a sync run, a settings change. */
export interface Actor {
  readonly kind: 'operator' | 'api-key' | 'connection' | 'run' | 'settings' | 'sign-in' | 'system';
  readonly id: string | null;
  /** The import or the bulk action through which they did it. */
  readonly importId?: string;
  readonly bulkId?: string;
  /** Who acted through the caller, in the caller's words; absent when it did not say. */
  readonly onBehalfOf?: string;
}

/** What a directory's record knows beside the assertions (design: the record stores `activity` and `granted`). */
export interface DirectoryState {
  readonly activity: Activity;
  /** Whether this directory may assert `enabled: true` for the person while it reports them active. */
  readonly granted: boolean;
  /** False once absence was confirmed. */
  readonly present: boolean;
  /** Hash of the normalised person last applied. */
  readonly hash: string;
  readonly reasons: readonly string[];
}

/** The last thing one source said about one person. Never thrown away, whatever outranks it. */
export interface SourceRecord {
  readonly source: SourceName;
  /** The SCIM connection that spoke; null for every other source. */
  readonly connectionId: string | null;
  /** The source's own key: SCIM externalId, Google user id, Graph object id. Never one of our ids. */
  readonly externalId: string | null;
  readonly attributes: Attributes;
  /** The address this source asserts; null asserts "none", undefined asserts nothing. */
  readonly email?: string | null;
  /** null: asserts nothing about being enabled. */
  readonly enabled: boolean | null;
  /** The uncleared mark that turns "disabled" into `terminated`. */
  readonly terminated: boolean;
  /** The person was here before this source: it may not rewrite their address at will. */
  readonly linked: boolean;
  /** Version of the person at which each assertion took its present value; keys are attribute names, `email`, `enabled`. */
  readonly stamps: { readonly [assertion: string]: number };
  readonly directory?: DirectoryState;
  /** Content of unknown extension schemas, as one JSON text, kept for the client that sent it. */
  readonly opaque?: string;
  /** What it asserts of unique attributes, in texts that no other person's record may have while both are seen; absent without any. */
  readonly uniqueValues?: readonly string[];
  readonly at: string;
  readonly by: Actor;
}

export interface Scope {
  readonly kind: 'organization' | 'job' | 'department' | 'location';
  readonly id: string;
}

export interface Grant {
  readonly role: string;
  readonly scope: Scope;
}

export interface Access {
  readonly level: Level;
  readonly roles: readonly Grant[];
  readonly dormantRoles: readonly Grant[];
  readonly pools: readonly string[];
}

/** An address a source wants for the person and may not have, or may not have yet. */
export interface HeldEmail {
  readonly wanted: string | null;
  readonly source: SourceName;
  readonly reason: 'linking' | 'foreign_domain' | 'taken';
  /** With `taken`: an admin has let it through, so that only the holder is in the way. */
  readonly confirmed?: boolean;
}

/** How SCIM sees the person. The id is not the person's id: it dies with SCIM DELETE. */
export interface ScimIdentity {
  readonly id: string | null;
  /** The connection that owns the person; null while none does. */
  readonly connectionId: string | null;
  /** Ids that died by SCIM DELETE, oldest first, the last 100 of them; absent = none known. */
  readonly formerIds?: readonly string[];
}

/** The version of a person, and its time, as SCIM tells them: those of the last change it could see. */
export interface SeenByScim {
  readonly version: number;
  readonly at: string;
}

/** An admin's emergency stop: no source outranks it, and it changes neither the status nor what any source says. */
export interface Block {
  readonly reason: string;
  readonly at: string;
  readonly by: Actor;
}

/** An interview somebody got or gave up when one took another's place, under this version of it. */
export interface Replacement {
  readonly interview: string;
  readonly version: number;
  readonly part: 'left' | 'joined';
}

/** What a change of a group made of somebody's access: level and roles that count, before and after. */
export interface GroupChange {
  /** As a mapping names it. */
  readonly group: string;
  readonly joined: boolean;
  /** Tells this change of the group from others. */
  readonly mark: string;
  readonly level: readonly [from: Level, to: Level];
  readonly roles: readonly [from: readonly Grant[], to: readonly Grant[]];
}

/** A person in an organization. Never deleted. One document, written by compare-and-swap on `version`. */
export interface User {
  readonly id: string;
  readonly organizationId: string;
  readonly kind: 'employee' | 'agency';
  readonly records: readonly SourceRecord[];
  readonly status: Status;
  /** The claimed address, as last spelled; unique per organization when folded. */
  readonly email: string | null;
  readonly heldEmail: HeldEmail | null;
  /** Effective values: what `resolve` says. Absent = no value. */
  readonly attributes: Attributes;
  readonly access: Access;
  readonly scim: ScimIdentity;
  /** The host application's own id of the person; unique per organization. Absent = none. */
  readonly hostId?: string;
  /** The agency of an agency user; absent = none. */
  readonly agencyId?: string;
  /** Absent: they are not blocked. */
  readonly block?: Block;
  /** Absent: there was none. */
  readonly lastReplacement?: Replacement;
  /** Absent: there was none. What they hold is computed on read all the same. */
  readonly lastGroupChange?: GroupChange;
  /** Interviewer pools left with the status or the kind, and not rejoined; absent = none. */
  readonly formerPools?: readonly string[];
  /** 0 = never saved. */
  readonly version: number;
  /** While nothing changed since that SCIM sees: what it goes on seeing. Absent: `version` and `updatedAt`. */
  readonly seenByScim?: SeenByScim;
  /** The version of the organization's settings that the effective values were resolved with. */
  readonly settingsVersion: number;
  /** Events published about this person so far; the next event is `<id>:<eventCount + 1>`. */
  readonly eventCount: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const NO_ACCESS: Access = { level: 'limited', roles: [], dormantRoles: [], pools: [] };

/**
 * The record a source (and, for SCIM, a connection) left about the person, if it ever spoke.
 */
export function recordOf(
  user: Pick<User, 'records'>,
  source: SourceName,
  connectionId: string | null = null,
): SourceRecord | undefined {
  return user.records.find((record) => record.source === source && record.connectionId === connectionId);
}

/** Puts a record in the place of the one its source left before. */
export function withRecord(user: User, record: SourceRecord): User {
  const others = user.records.filter(
    ({ source, connectionId }) => source !== record.source || connectionId !== record.connectionId,
  );
  return { ...user, records: [...others, record] };
}

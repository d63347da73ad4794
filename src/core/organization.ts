import type { CustomField } from './person-attributes.ts';
import type { DirectoryName, SourceName, SourceRecord, User } from './user.ts';

export interface DirectorySettings {
  /** "Sync … users?" */
  readonly syncUsers: boolean;
  /** "Automatically enable synced users?" */
  readonly autoEnableUsers: boolean;
  /** Raised whenever `syncUsers` changes; a run pins it. */
  readonly syncVersion: number;
}

export interface ScimSettings {
  readonly enabled: boolean;
  /** Ids of the connections that are switched off: what they said is dormant, and they own nobody. */
  readonly switchedOff?: readonly string[];
  /** Whether a connection that deactivates too many people at once is held up. */
  readonly haltMassDeactivations?: boolean;
}

/** The settings of an organization that decide what is true about its people. */
export interface Settings {
  readonly version: number;
  readonly scim: ScimSettings;
  readonly google: DirectorySettings;
  readonly microsoft: DirectorySettings;
  /** Connected directories, the leading one first. */
  readonly directoryOrder: readonly DirectoryName[];
  readonly linkExistingUsers: 'auto' | 'ask';
  readonly onScimDelete: 'deactivate' | 'terminate';
  /** The organization's own domains, folded. */
  readonly domains: readonly string[];
  /** Where people sign in to the application; shown on active people for sharing. Nobody is ever mailed. Absent = not known. */
  readonly signInUrl?: string;
  /** Fields its people have beside those everybody has; absent = none. */
  readonly customFields?: readonly CustomField[];
}

export interface Sweep {
  readonly state: 'idle' | 'running';
  /** The settings version the sweep carries to stored people. */
  readonly version: number;
  /** Id of the last person visited; null at the start. */
  readonly cursor: string | null;
  readonly visited: number;
  readonly changed: number;
}

/** A tenant. Everything else belongs to exactly one. Written by compare-and-swap on `version`. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly settings: Settings;
  readonly sweep: Sweep;
  /** Ids of the people with level `admin`; the last one never leaves. */
  readonly admins: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

const DIRECTORY_OFF: DirectorySettings = { syncUsers: false, autoEnableUsers: false, syncVersion: 0 };

/** The settings an organization starts with (design §2.2, "Defaults"). */
export function defaultSettings(domains: readonly string[]): Settings {
  return {
    version: 1,
    scim: { enabled: false },
    google: DIRECTORY_OFF,
    microsoft: DIRECTORY_OFF,
    directoryOrder: ['google', 'microsoft'],
    linkExistingUsers: 'auto',
    onScimDelete: 'deactivate',
    domains,
  };
}

export const NO_SWEEP: Sweep = { state: 'idle', version: 1, cursor: null, visited: 0, changed: 0 };

/**
 * The live sources, highest authority first. `manual` and every source not listed share the last rank.
 */
export function liveSources(settings: Settings): readonly SourceName[] {
  const directories = settings.directoryOrder.filter((name) => settings[name].syncUsers);
  return settings.scim.enabled ? ['scim', ...directories] : directories;
}

/** Whether a SCIM connection is switched off. */
export function isSwitchedOff({ scim }: Settings, connectionId: string | null): boolean {
  return connectionId !== null && scim.switchedOff?.includes(connectionId) === true;
}

/** A record's place among the live sources, 0 the highest; -1 when it is dormant or `manual`. */
export function liveRank(
  live: readonly SourceName[],
  settings: Settings,
  { source, connectionId }: Pick<SourceRecord, 'source' | 'connectionId'>,
): number {
  return isSwitchedOff(settings, connectionId) ? -1 : live.indexOf(source);
}

/** Whether a source is heard before any hand. */
export const isLive = (settings: Settings, record: Pick<SourceRecord, 'source' | 'connectionId'>): boolean =>
  liveRank(liveSources(settings), settings, record) >= 0;

/** The person as others see them once the connection that owned them is switched off: nobody owns them any more. */
export function withoutDeadOwner(user: User, settings: Settings): User {
  return isSwitchedOff(settings, user.scim.connectionId)
    ? { ...user, scim: { ...user.scim, connectionId: null } }
    : user;
}

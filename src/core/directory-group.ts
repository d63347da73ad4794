import type { DirectoryName } from './user.ts';

/** A group of a directory that mappings name; `group` is its folded key or address. */
export interface DirectoryGroup {
  readonly organizationId: string;
  readonly source: DirectoryName;
  readonly group: string;
}

/** A group as one run reads it. Later runs have greater ids. */
export interface GroupReading extends DirectoryGroup {
  readonly runId: string;
}

/** Somebody whom a run has read in a group. */
export interface DirectoryMember extends GroupReading {
  /** The directory's own key of the person, or `*`: everybody of the tenant. */
  readonly externalId: string;
}

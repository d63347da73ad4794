import { fold } from './fold.ts';
import type { DirectoryName, Grant, Level } from './user.ts';

/** A group that people are in because a source says so. */
export interface MappedGroup {
  readonly source: 'scim' | DirectoryName;
  /** The SCIM connection that made the group; null for a directory's. */
  readonly connectionId: string | null;
  /** The SCIM id of the group; the directory's own key or address of it. */
  readonly id: string;
}

/** What everybody in a group has while they are in it. Written by compare-and-swap on `version`. */
export interface GroupMapping {
  /** The host's own id. */
  readonly id: string;
  readonly organizationId: string;
  readonly group: MappedGroup;
  /** The level it lifts people to; null: it lifts nobody, and its roles apply to those who are elevated otherwise. */
  readonly level: MappedLevel | null;
  readonly roles: readonly Grant[];
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A mapping never makes anybody an organization admin. */
export type MappedLevel = Exclude<Level, 'admin'>;

/** Two groups of one key are one group. Directories fold their keys, SCIM ids are exact. */
export function groupKey({ source, connectionId, id }: MappedGroup): string {
  return JSON.stringify([source, connectionId, source === 'scim' ? id : fold(id)]);
}

import type { PendingRemoval, SyncState } from '../core/sync-state.ts';
import type { DirectoryName } from '../core/user.ts';

export interface SyncStateStore {
  /** Version 0, with nothing in it, for an integration that has none. */
  get(organizationId: string, source: DirectoryName): Promise<SyncState>;
  /** Compare-and-swap: the stored version (0 without one) must be `state.version - 1`, else `stale`. */
  save(state: SyncState): Promise<void>;
}

/** Absences that wait for their time: one row for a person of a source. */
export interface RemovalStore {
  /** Adds those that are not there yet; one that is keeps its times. */
  add(removals: readonly PendingRemoval[]): Promise<void>;
  /** Those of these people, in no order. */
  among(
    organizationId: string,
    source: DirectoryName,
    externalIds: readonly string[],
  ): Promise<readonly PendingRemoval[]>;
  /** In order of the external id, after `afterKey`; with `dueBy` only those due then or before. */
  list(
    organizationId: string,
    source: DirectoryName,
    filter: { readonly dueBy?: string },
    afterKey: string | null,
    limit: number,
  ): Promise<readonly PendingRemoval[]>;
  count(organizationId: string, source: DirectoryName): Promise<number>;
  remove(organizationId: string, source: DirectoryName, externalIds: readonly string[]): Promise<void>;
}

/** Members of directory groups, as a run has read them. */
export interface RunMemberStore {
  /** Of these people those who are members of groups that the run has read, and of which. */
  membersAmong(runId: string, externalIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** How many members each group has whom the run has not marked present; groups without such are not named. */
  countStrangers(runId: string): Promise<ReadonlyMap<string, number>>;
}

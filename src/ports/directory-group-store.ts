import type { DirectoryGroup, GroupReading } from '../core/directory-group.ts';
import type { DirectoryName } from '../core/user.ts';

/**
 * Who is in the directory groups that mappings name, as of the last run that read them wholly. Adapters pass
 * test/contracts/directory-group-store.contract.ts.
 */
export interface DirectoryGroupStore {
  /** Notes members of a group as far as a run has read it; nobody is shown them before it is complete. Said again, they are members once. */
  addMembers(reading: GroupReading, externalIds: readonly string[]): Promise<void>;
  /** From now on those are in the group whom this run has added, and no others. Does nothing when a later run has completed it. */
  complete(reading: GroupReading): Promise<void>;
  /** The groups each of these people is in; who is in none is absent. Cost: the ids asked for and their groups. */
  groupsOf(
    organizationId: string,
    source: DirectoryName,
    externalIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Members in the order of their keys, after `afterKey`; null when no run has read the group wholly. */
  members(group: DirectoryGroup, afterKey: string | null, limit: number): Promise<readonly string[] | null>;
  /** The groups that a run has read wholly and whose key begins so, in the order of their keys, after `afterKey`. Cost: those returned. */
  list(
    organizationId: string,
    source: DirectoryName,
    beginning: string,
    afterKey: string | null,
    limit: number,
  ): Promise<readonly string[]>;
  /** Forgets one group; all of the directory where none is named. */
  forget(organizationId: string, source: DirectoryName, group: string | null): Promise<void>;
}

import type { GroupMapping } from '../core/group-mapping.ts';
import type { Page } from './user-store.ts';

/** What groups give to those in them. Adapters pass test/contracts/group-mapping-store.contract.ts. */
export interface GroupMappingStore {
  get(organizationId: string, id: string): Promise<GroupMapping | null>;
  /** Those of the groups with these keys (`groupKey`), in the order of ids. Cost: the rows returned and the keys asked for. */
  ofGroups(organizationId: string, keys: readonly string[]): Promise<readonly GroupMapping[]>;
  /** Compare-and-swap: the stored version (0 without one) must be `mapping.version - 1`, else `stale`. */
  save(mapping: GroupMapping): Promise<void>;
  /** Forgets a mapping that still is of this version; false when it is of another one. */
  remove(organizationId: string, id: string, version: number): Promise<boolean>;
  /** In the order of ids. */
  list(organizationId: string, cursor: string | null, limit: number): Promise<Page<GroupMapping>>;
  count(organizationId: string): Promise<number>;
}

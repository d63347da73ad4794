import type { Agency } from '../core/agency.ts';
import type { Page } from './user-store.ts';

export type AgencyState = 'active' | 'archived';

/** Agencies of organizations. Adapters pass test/contracts/agency-store.contract.ts. */
export interface AgencyStore {
  get(organizationId: string, id: string): Promise<Agency | null>;
  /** Those of them that there are, in any order. */
  getMany(organizationId: string, ids: readonly string[]): Promise<readonly Agency[]>;
  /** Compare-and-swap: the stored version (0 without one) must be `agency.version - 1`, else `stale`. */
  save(agency: Agency): Promise<void>;
  /** Forgets an agency that still is of this version; false when it is of another one. */
  remove(organizationId: string, id: string, version: number): Promise<boolean>;
  /** By id, which is the order of creation; `state` null: all of them. */
  list(organizationId: string, state: AgencyState | null, cursor: string | null, limit: number): Promise<Page<Agency>>;
  count(organizationId: string, state: AgencyState | null): Promise<number>;
}

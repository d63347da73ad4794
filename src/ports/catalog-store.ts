import type { CatalogEntry, CatalogKind } from '../core/catalog.ts';
import type { Page } from './user-store.ts';

/** What organizations name for their access, by kind and id. Adapters pass test/contracts/catalog-store.contract.ts. */
export interface CatalogStore {
  /** Also one that is gone; everything else passes those over. */
  get(organizationId: string, kind: CatalogKind, id: string): Promise<CatalogEntry | null>;
  /** Those of these ids that are there, in no order. */
  among(organizationId: string, kind: CatalogKind, ids: readonly string[]): Promise<readonly CatalogEntry[]>;
  /** Those that have one of these names, folded, in no order; of a uniquely named kind. */
  amongNames(organizationId: string, kind: CatalogKind, names: readonly string[]): Promise<readonly CatalogEntry[]>;
  /** In the order of ids. */
  list(organizationId: string, kind: CatalogKind, cursor: string | null, limit: number): Promise<Page<CatalogEntry>>;
  count(organizationId: string, kind: CatalogKind): Promise<number>;
  /**
   * Compare-and-swap: the stored version (0 without one) must be `entry.version - 1`, else `stale`. Throws `resource_name_taken`
   * when another entry of a uniquely named kind has the name, folded; one that is gone leaves its name free.
   */
  save(entry: CatalogEntry): Promise<void>;
}

import type { Bulk } from '../core/bulk.ts';
import type { Page } from './user-store.ts';

/** A page of a bulk action: people whose ids were frozen, or what became of them. Never changed once it is there. */
export interface BulkPage {
  readonly organizationId: string;
  readonly bulkId: string;
  readonly part: 'people' | 'outcome';
  readonly page: number;
  /** JSON; nothing is looked for in it. */
  readonly text: string;
}

export type BulkPageKey = Omit<BulkPage, 'text'>;

/** Actions on many people at once. Adapters pass test/contracts/bulk-store.contract.ts. */
export interface BulkStore {
  /** Compare-and-swap: the stored version (0 without one) must be `bulk.version - 1`, else `stale`. */
  save(bulk: Bulk): Promise<void>;
  get(organizationId: string, id: string): Promise<Bulk | null>;
  /** Newest first. */
  list(organizationId: string, cursor: string | null, limit: number): Promise<Page<Bulk>>;
  /** Actions of all organizations that are under way, those with the lowest ids first. */
  running(limit: number): Promise<readonly Bulk[]>;
  /** Actions of all organizations whose pages are to be erased by then, and that are not under way. */
  expired(by: string, limit: number): Promise<readonly Bulk[]>;
  /** Keeps the page there is, if there is one; returns the text that is kept. */
  addPage(page: BulkPage): Promise<string>;
  /** The text of a page; null without one. */
  page(key: BulkPageKey): Promise<string | null>;
  /** Forgets all pages of an action. */
  erase(organizationId: string, id: string): Promise<void>;
}

import type { PageStart } from '../../src/ports/user-store.ts';
import type { Resource } from '../schema/write-resource.ts';

/** In which order a list is wanted (RFC 7644 §3.4.2.3). */
export interface SortRequest {
  /** The path of an attribute, folded. */
  readonly by: string;
  readonly descending: boolean;
}

/** One page of a list, as a client asked for it. */
export interface ListQuery {
  readonly filter: string | undefined;
  readonly sort: SortRequest | undefined;
  readonly from: PageStart;
  /** 0 counts only. */
  readonly limit: number;
  /** Resources at most to be looked at one by one. */
  readonly scanLimit: number;
}

export interface ListedPage {
  readonly resources: readonly Resource[];
  readonly total: number;
  /** What the next page starts after; null when there is none. */
  readonly next: string | null;
}

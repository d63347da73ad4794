import type { RuleOf } from '../shared/faults.ts';
import type { Wire } from '../shared/reply.ts';
import type { RetryAfter } from '../shared/retry-after.ts';

export const OPERATIONS = [
  'token',
  'users.list',
  'users.delta',
  'users.get',
  'deleted.get',
  'deleted.list',
  'groups.list',
  'groups.get',
  'members.list',
  'organization',
  'batch',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Everything that can go wrong with one answer. */
export type Fault =
  | ({
      readonly kind: 'error';
      readonly status: number;
      readonly code?: string;
      readonly message?: string;
    } & RetryAfter)
  | ({ readonly kind: 'web-page'; readonly status?: number } & RetryAfter)
  | {
      readonly kind: 'token-error';
      readonly status: number;
      readonly error: string;
      readonly number: number;
      readonly description: string;
    }
  | {
      readonly kind: 'body';
      readonly status?: number;
      readonly body: unknown;
      readonly headers?: { readonly [name: string]: string };
    }
  | { readonly kind: 'truncated-json' | 'empty-page' | 'no-value' | 'no-context' | 'revoked-token' }
  /** The delta link no longer counts: 400, or 410 with a Location, as maintenance of the tenant causes. */
  | { readonly kind: 'lost-sync-state'; readonly as: 'syncStateNotFound' | 'resyncRequired' | 'gone-with-location' }
  /** The tenant is of a kind that has no delta. */
  | { readonly kind: 'no-delta' }
  | Wire
  /** Changes the record at a position of the page (0 = first). */
  | { readonly kind: 'edit-record'; readonly at: number; readonly fields?: object; readonly remove?: readonly string[] }
  /** Repeats the record at a position of the page, with other fields if given: a replay. */
  | { readonly kind: 'repeat-record'; readonly at: number; readonly fields?: object }
  /** Repeats the last record of the page before. */
  | { readonly kind: 'repeat-from-page-before' }
  /** Says of the record at a position that it was also removed, before or after it. */
  | {
      readonly kind: 'also-removed';
      readonly at: number;
      readonly reason: 'changed' | 'deleted';
      readonly first: boolean;
    }
  /** Leaves living people out: these ids, or each n-th of the page. */
  | { readonly kind: 'omit-records'; readonly ids?: readonly string[]; readonly every?: number }
  /** Leaves properties out of every record of the page, as real pages after the first have done. */
  | { readonly kind: 'drop-fields'; readonly fields: readonly string[] }
  /** Sends the listing in circles: to the same page, or back to the second. */
  | { readonly kind: 'loop'; readonly to: 'self' | 'second-page' }
  /** Names a page elsewhere: on another origin, or another path of Graph. */
  | { readonly kind: 'foreign-link'; readonly link: string }
  | { readonly kind: 'both-links' | 'no-links' }
  | { readonly kind: 'other-tenant'; readonly tenantId: string };

export type FaultRule = RuleOf<Operation, Fault>;

/** One call as the faults see it. */
export interface Call {
  readonly operation: Operation;
  readonly page: number;
  readonly key: string | null;
  readonly now: number;
  /** Where this call went. */
  readonly url: string;
  /** The last record of the page listed before. */
  readonly lastRecord: unknown;
  /** The link the latest first page ended with. */
  readonly secondPageLink: string | null;
}

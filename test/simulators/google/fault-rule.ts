import type { RuleOf } from '../shared/faults.ts';
import type { Wire } from '../shared/reply.ts';
import type { RetryAfter } from '../shared/retry-after.ts';

export type Operation = 'token' | 'users.list' | 'users.get' | 'groups.get' | 'members.list' | 'customers.get';

/** Everything that can go wrong with one answer. */
export type Fault =
  | ({
      readonly kind: 'error';
      readonly status: number;
      readonly reason?: string;
      readonly message?: string;
      readonly domain?: string;
    } & RetryAfter)
  | ({ readonly kind: 'web-page'; readonly status?: number } & RetryAfter)
  | { readonly kind: 'token-error'; readonly status: number; readonly error: string; readonly description: string }
  | {
      readonly kind: 'body';
      readonly status?: number;
      readonly body: unknown;
      readonly headers?: { readonly [name: string]: string };
    }
  | { readonly kind: 'truncated-json' | 'empty-page' | 'no-users' | 'revoked-token' | 'expired-page-token' }
  | Wire
  /** Changes the record at a position of the page (0 = first). */
  | { readonly kind: 'edit-record'; readonly at: number; readonly fields?: object; readonly remove?: readonly string[] }
  /** Repeats the record at a position of the page, with other fields if given. */
  | { readonly kind: 'repeat-record'; readonly at: number; readonly fields?: object }
  /** Repeats the last record of the page listed before. */
  | { readonly kind: 'repeat-from-page-before' }
  /** Leaves living people out of the listing: these ids, or each n-th of the page. */
  | { readonly kind: 'omit-records'; readonly ids?: readonly string[]; readonly every?: number }
  /** Sends the listing in circles: to the same page, or back to the second. */
  | { readonly kind: 'loop'; readonly to: 'self' | 'second-page' }
  | { readonly kind: 'other-customer'; readonly customerId: string };

export type FaultRule = RuleOf<Operation, Fault>;

/** One call as the faults see it. */
export interface Call {
  readonly operation: Operation;
  readonly parameters: URLSearchParams;
  readonly page: number;
  readonly key: string | null;
  readonly now: number;
  /** The token for the page at a position of this listing. */
  readonly pageTokenAt: (position: number) => string;
  /** The last record of the page listed before. */
  readonly lastRecord: unknown;
  /** The token the latest first page ended with. */
  readonly secondPageToken: string | null;
}

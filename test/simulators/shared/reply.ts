/** How an answer travels; absent = whole and at once. */
export type Wire =
  | { readonly kind: 'reset-before' }
  | { readonly kind: 'reset-midway' }
  | { readonly kind: 'short-body' }
  | { readonly kind: 'slow-first-byte'; readonly ms: number }
  | { readonly kind: 'slow-drip'; readonly ms: number };

export interface Reply {
  readonly status: number;
  /** A JSON value; a string goes out as it is. */
  readonly body: unknown;
  readonly headers?: { readonly [name: string]: string };
  readonly wire?: Wire;
}

export const ok = (body: unknown): Reply => ({ status: 200, body });

export const WEB_PAGE = '<!DOCTYPE html><html><body><h1>Please sign in to the guest network</h1></body></html>';

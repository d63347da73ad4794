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

/** An error of the Directory API, in its older JSON form. */
export function apiError(status: number, reason: string, message: string, domain = 'global'): Reply {
  return { status, body: { error: { code: status, message, errors: [{ message, domain, reason }] } } };
}

/** An error of the token endpoint. */
export function tokenError(status: number, error: string, description: string): Reply {
  return { status, body: { error, error_description: description } };
}

export const UNAUTHENTICATED: Reply = {
  status: 401,
  body: {
    error: {
      code: 401,
      message: 'Invalid Credentials',
      errors: [
        {
          message: 'Invalid Credentials',
          domain: 'global',
          reason: 'authError',
          location: 'Authorization',
          locationType: 'header',
        },
      ],
      status: 'UNAUTHENTICATED',
    },
  },
};

export const WEB_PAGE = '<!DOCTYPE html><html><body><h1>Please sign in to the guest network</h1></body></html>';

export const OPERATOR_KEY = 'operator-key-of-the-tests';

/** What processes that share a store are given instead of making it for themselves. */
export const SHARED_KEYS = {
  ROLLCALL_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  ROLLCALL_OPERATOR_KEY: OPERATOR_KEY,
} as const;

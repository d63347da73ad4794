/** What clients are told, and held to. */
export const LIMITS = {
  /** Resources on a page when `count` is not given, and at most. */
  defaultPage: 100,
  largestPage: 200,
  /** Bytes of a request body after decompression. */
  largestBody: 1_048_576,
  bulkOperations: 1000,
} as const;

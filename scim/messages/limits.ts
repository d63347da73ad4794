/** What clients are told, and held to. */
export const LIMITS = {
  /** Resources on a page when `count` is not given, and at most. */
  defaultPage: 100,
  largestPage: 200,
  /** Seconds for which a cursor stays good. */
  cursorTimeout: 3_600,
  /** Resources looked at one by one for one list, unless the operator says otherwise. */
  scanned: 20_000,
  /** Bytes of a request body after decompression. */
  largestBody: 1_048_576,
  /** Members a filter may look at one by one. */
  scannedMembers: 200_000,
  bulkOperations: 1000,
} as const;

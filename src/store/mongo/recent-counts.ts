/** Counts what a query selects, and may say again for a few seconds what was found out at some cost. */
export interface RecentCounts {
  count(key: string, work: () => Promise<number>): Promise<number>;
}

export interface RecentCountsOptions {
  readonly reuseMs?: number;
  /** Counts below this cost too little to be kept, and are always exact. */
  readonly least?: number;
  /** Milliseconds that only go forward. */
  readonly now?: () => number;
}

const MOST_KEPT = 1_000;

/**
 * Going through a large list asks for its total once a page, and counting walks the index each time. Numbers from `least` on are
 * therefore used again for up to 5 seconds.
 */
export function createRecentCounts(options: RecentCountsOptions = {}): RecentCounts {
  const { reuseMs = 5_000, least = 10_000, now = () => performance.now() } = options;
  const kept = new Map<string, { readonly count: number; readonly until: number }>();
  return {
    async count(key, work) {
      const known = kept.get(key);
      if (known && known.until > now()) return known.count;
      const until = now() + reuseMs;
      const count = await work();
      kept.delete(key);
      if (count >= least) kept.set(key, { count, until });
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      return count;
    },
  };
}

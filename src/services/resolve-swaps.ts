import type { JudgedRow } from '../core/import.ts';

/** Where a row stands in a file. */
export type Spot = readonly [page: number, place: number];

/** Rows that wait in one chain for addresses of others, at most: all of them are written at once. */
const LONGEST_CHAIN = 20;

interface Waiting {
  readonly spot: Spot;
  readonly userId: string | null;
  readonly holderId: string;
}

/** Gathers who gives an address up and who waits for one, and tells for whom it becomes free. */
export function createSwaps() {
  const movers = new Map<string, Spot>();
  const waiting: Waiting[] = [];
  return {
    note({ verdict, userId, changes, holderId }: JudgedRow, spot: Spot): void {
      if (changes.email && userId !== null) movers.set(userId, spot);
      // Of a new person's row it is the holder who is named: they do not wait for themselves.
      if (verdict === 'email_taken' && holderId !== undefined)
        waiting.push({ spot, userId: userId === holderId ? null : userId, holderId });
    },
    /** Rows whose address becomes free when all are written at once: where they stand → where the row of its holder does. */
    resolved(): readonly { readonly spot: Spot; readonly holderId: string; readonly after: Spot }[] {
      const byUser = new Map(waiting.map((one) => [one.userId, one]));
      const isFreed = (holderId: string): boolean => {
        const seen = new Set<string>();
        for (let id = holderId; !movers.has(id); ) {
          const next = byUser.get(id);
          if (next === undefined || seen.size === LONGEST_CHAIN) return false;
          if (seen.has(id)) return true;
          seen.add(id);
          id = next.holderId;
        }
        return true;
      };
      return waiting.flatMap(({ spot, holderId }) => {
        const after = movers.get(holderId) ?? byUser.get(holderId)?.spot;
        return after && isFreed(holderId) ? [{ spot, holderId, after }] : [];
      });
    },
  };
}

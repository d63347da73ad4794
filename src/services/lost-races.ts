import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError, isAppError } from '../core/errors.ts';

/** Does work of the same key one after another, in the order asked for; different keys do not wait for each other. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** What an attempt says that met a rival: what both were after; null: something new. */
export interface LostRace {
  readonly lostOver: string | null;
}

/** Races lost in a row before a change is given up with `stale`. */
const MOST_TRIES = 200;

export function createTurns(): InTurn {
  const lasts = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const mine = (lasts.get(key) ?? Promise.resolve()).then(work, work);
    lasts.set(key, mine);
    try {
      return await mine;
    } finally {
      if (lasts.get(key) === mine) lasts.delete(key);
    }
  };
}

/**
 * Attempts until one attempt meets no rival; throws `stale` after 200.
 *
 * Losers over the same person stand in line: a thousand who all try again at once would keep the store busy with refusing them. Work
 * in the line must not stand in a line itself, as two could then wait for each other.
 */
export async function untilWon<T extends object>(
  inTurn: InTurn | undefined,
  attempt: (tries: number) => Promise<T | LostRace>,
): Promise<T> {
  const first = await attempt(0);
  if (!isLost(first)) return first;
  const goOn = async () => {
    for (let tries = 1; tries < MOST_TRIES; tries++) {
      // Losers who try again one by one, and not in step, meet nobody on a store that answers at once.
      await nextTurn();
      const result = await attempt(tries);
      if (!isLost(result)) return result;
    }
    throw new AppError('stale', 'this is being changed too often just now; try again');
  };
  return inTurn && first.lostOver !== null ? inTurn(first.lostOver, goOn) : goOn();
}

/** Tries to write: a rival's write between our read and ours is a race lost over `what`. */
export async function orLost<T extends object>(what: string, write: () => Promise<T>): Promise<T | LostRace> {
  try {
    return await write();
  } catch (error) {
    if (isAppError(error, 'stale')) return { lostOver: what };
    throw error;
  }
}

/** Writes; false when a rival's write between our read and ours came first. */
export async function wasFirst(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (!isAppError(error, 'stale')) throw error;
    return false;
  }
}

function isLost(result: object): result is LostRace {
  return 'lostOver' in result;
}

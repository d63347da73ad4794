import { setImmediate as nextTurn } from 'node:timers/promises';

/** What one piece of long work may keep the event loop for, in milliseconds: whoever else asks waits about as long. */
const MOST_MS = 2;

/**
 * Gives the others in this process their turn, as often as long work asks and has had its own: two milliseconds.
 *
 * A piece of work makes one of its own and asks it between its parts, as small as they can be.
 */
export function createTurns(): () => Promise<void> {
  let from = performance.now();
  return async () => {
    if (performance.now() - from < MOST_MS) return;
    await nextTurn();
    from = performance.now();
  };
}

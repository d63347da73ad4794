import { setImmediate as nextTurn } from 'node:timers/promises';

/** What one piece of long work may keep the event loop for, in milliseconds: whoever else asks waits about as long. */
const MOST_MS = 2;
/** Of a turn of the event loop in which nobody had anything to do. */
const IDLE_MS = 0.3;
/** After so long it is the work's turn again, however much the others have to do. */
const PATIENCE_MS = 10;

/** Time that all long work of this process has had: of whoever shares a turn, it is not "the others". */
let worked = 0;

/**
 * Gives the others in this process their turn, as often as long work asks and has had its own: two milliseconds. It goes on once the
 * others have nothing left to do, as a request is rarely done within one turn.
 *
 * A piece of work makes one of its own and asks it between its parts, as small as they can be. `now` is in milliseconds.
 */
export function createTurns(now: () => number = () => performance.now()): () => Promise<void> {
  let from = now();
  return async () => {
    const took = now() - from;
    if (took < MOST_MS) return;
    worked += took;
    await othersDone(now);
    from = now();
  };
}

/** Keys looked up at a time. */
const SLICE = 25;

/** Everything that is found for many keys, a few at a time: others have their turn in between. */
export async function inSlices<Key, Found>(
  keys: readonly Key[],
  find: (keys: readonly Key[]) => Promise<readonly Found[]>,
): Promise<readonly Found[]> {
  const turn = createTurns();
  const found: Found[] = [];
  for (let at = 0; at < keys.length; at += SLICE) {
    found.push(...(await find(keys.slice(at, at + SLICE))));
    await turn();
  }
  return found;
}

async function othersDone(now: () => number): Promise<void> {
  const until = now() + PATIENCE_MS;
  for (let before = now(); before < until; ) {
    const workedBefore = worked;
    await nextTurn();
    const after = now();
    if (after - before - (worked - workedBefore) < IDLE_MS) return;
    before = after;
  }
}

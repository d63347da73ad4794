import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

/** How a piece of long work shares the event loop; both in milliseconds. */
interface Pace {
  /** What it may keep the event loop for at a time: whoever else asks waits about as long. */
  readonly mostMs: number;
  /** For how long it leaves the event loop alone then, even if nobody else has anything to do. */
  readonly restMs: number;
}

/** By default nobody waits for it: requests come first. `hurried`: somebody counts the seconds, so it never rests. */
const PACES = { calm: { mostMs: 2, restMs: 1 }, hurried: { mostMs: 1, restMs: 0 } } satisfies Record<string, Pace>;

/** Of a turn of the event loop in which nobody had anything to do. */
const IDLE_MS = 0.1;
/** As many of those in a row as are enough: a request does nothing in some of its turns. */
const IDLE_TURNS = 4;
/** After so long it is the work's turn again, however much the others have to do. */
const PATIENCE_MS = 10;

/** Time that all long work of this process has had: of whoever shares a turn, it is not "the others". */
let worked = 0;

/**
 * Gives the others in this process their turn, as often as long work asks and has had its own: a millisecond or two. It goes on once
 * the others have nothing left to do, as a request is rarely done within one turn.
 *
 * A piece of work makes one of its own and asks it between its parts, as small as they can be. `now` is in milliseconds.
 */
export function createTurns(
  pace: keyof typeof PACES = 'calm',
  now: () => number = () => performance.now(),
): () => Promise<void> {
  const { mostMs, restMs } = PACES[pace];
  let from = now();
  return async () => {
    const took = now() - from;
    if (took < mostMs) return;
    worked += took;
    await othersDone(now);
    if (restMs > 0) await pause(restMs);
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
  for (let before = now(), idle = 0; before < until && idle < IDLE_TURNS; ) {
    const workedBefore = worked;
    await nextTurn();
    const after = now();
    idle = after - before - (worked - workedBefore) < IDLE_MS ? idle + 1 : 0;
    before = after;
  }
}

import type { Stores } from '../../src/ports/stores.ts';
import type { Random } from './random.ts';

/** Decides who goes on: every store call waits for its turn, and turns are dealt at random, one at a time. */
export interface Turns {
  next(): Promise<void>;
  /** Deals turns until the work is done. Throws when it takes more than `most`: somebody goes round in a circle. */
  dealUntil(work: Promise<unknown>, most?: number): Promise<void>;
  dealt(): number;
}

const MOST_TURNS = 50_000;
const SLOW_PERCENT = 5;
const LONGEST_DELAY = 50;

export function createTurns(random: Random): Turns {
  const waiting: { readonly go: () => void; readonly from: number }[] = [];
  let dealt = 0;

  /** Now and then a call hangs while the others go on for long: that is when promises are broken. */
  const delay = (): number => (random.chance(SLOW_PERCENT) ? random.below(LONGEST_DELAY) : 0);

  function deal(): void {
    const awake = waiting.filter(({ from }) => from <= dealt);
    const chosen = random.pick(awake.length > 0 ? awake : waiting);
    waiting.splice(waiting.indexOf(chosen), 1);
    dealt++;
    chosen.go();
  }

  return {
    next: () => new Promise((go) => waiting.push({ go, from: dealt + delay() })),
    dealt: () => dealt,
    async dealUntil(work, most = MOST_TURNS) {
      let done = false;
      const end = () => {
        done = true;
      };
      work.then(end, end);
      for (const limit = dealt + most; !done && dealt < limit; ) {
        // Whoever has been given a turn runs up to their next store call before another turn is dealt.
        await new Promise((resolve) => setImmediate(resolve));
        if (waiting.length > 0) deal();
      }
      if (!done) throw new Error(`no end after ${most} store calls`);
      await work;
    },
  };
}

/** The same stores, every call of which waits for a turn. */
export function interleaved(stores: Stores, turns: Turns): Stores {
  return { ...stores, ...mapMethods(stores, turns) };
}

const NOUNS = ['users', 'organizations', 'integrations', 'runs', 'conflicts', 'events'] as const;

function mapMethods(stores: Stores, turns: Turns): Partial<Stores> {
  const mapped = NOUNS.map((noun) => [noun, Object.fromEntries(Object.entries(stores[noun]).map(wait))]);
  return Object.fromEntries(mapped);

  function wait([name, method]: [string, (...given: unknown[]) => Promise<unknown>]) {
    return [
      name,
      async (...given: unknown[]) => {
        await turns.next();
        return method(...given);
      },
    ];
  }
}

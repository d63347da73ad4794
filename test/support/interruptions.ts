import type { Overrides } from '../../src/compose.ts';
import type { Stores } from '../../src/ports/stores.ts';

type Around = NonNullable<Overrides['around']>;
type Call = (...given: unknown[]) => unknown;

const NOUNS = [
  'users',
  'imports',
  'bulks',
  'keptAnswers',
  'catalog',
  'events',
  'syncStates',
] as const satisfies readonly (keyof Stores)[];
type Noun = (typeof NOUNS)[number];

/** Lets a test act while a job is at work: between two of its calls to the store, as chance would. */
export interface Interruptions {
  /** For `overrides` of a Rollcall. */
  readonly around: Around;
  /** Does something before the call with this number, counted from now on; whoever calls waits, and fails where it throws. */
  before(call: `${Noun}.${string}`, nth: number, act: () => unknown): void;
  /** Forgets what was to be done before calls that did not come. */
  clear(): void;
  /** People handed to the store to be written since the last time this was asked. */
  writes(): number;
}

interface Plan {
  readonly call: string;
  readonly act: () => unknown;
  left: number;
}

export function createInterruptions(): Interruptions {
  let plans: Plan[] = [];
  let written = 0;

  const called = async (name: string): Promise<void> => {
    const due = plans.filter((plan) => plan.call === name && --plan.left === 0);
    plans = plans.filter(({ left }) => left > 0);
    for (const { act } of due) await act();
  };

  const watched = <T extends object>(noun: Noun, target: T): T =>
    Object.fromEntries(
      Object.entries(target as { readonly [name: string]: Call }).map(([name, method]) => [
        name,
        async (...given: unknown[]) => {
          await called(`${noun}.${name}`);
          if (noun === 'users') written += peopleIn(name, given[0]);
          return method(...given);
        },
      ]),
    ) as T;

  return {
    around: (deps) => {
      const nouns = Object.fromEntries(NOUNS.map((noun) => [noun, watched(noun, deps.stores[noun])]));
      return { ...deps, stores: { ...deps.stores, ...nouns } };
    },
    before(call, nth, act) {
      plans.push({ call, act, left: nth });
    },
    clear() {
      plans = [];
    },
    writes() {
      const since = written;
      written = 0;
      return since;
    },
  };
}

function peopleIn(name: string, given: unknown): number {
  if (name === 'save') return 1;
  return name === 'saveMany' ? (given as readonly unknown[]).length : 0;
}

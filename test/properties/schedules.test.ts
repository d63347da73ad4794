import { expect } from 'chai';
import type { Stores } from '../../src/ports/stores.ts';
import type { SeededBug } from '../../src/services/dependencies.ts';
import { openEmbeddedStores } from '../../src/store/open.ts';
import type { Faults } from '../memory/tables.ts';
import { createMemoryStores } from '../memory-stores.ts';
import { type Outcome, runSchedule } from './run-schedule.ts';
import { again, SEED } from './seed.ts';
import type { Opened } from './world.ts';

const RUNS = Number(process.env.ROLLCALL_PROPERTY_RUNS ?? 20_000);
const RUNS_EMBEDDED = Math.min(RUNS, 500);
/** Schedules in which a missing safeguard must have been noticed. */
const RUNS_MUTATED = Math.max(RUNS, 20_000);
const LONGEST_MS = 600_000;

/** Schedules that once ended wrong: somebody waited for an address that was free; a word was said again of another key's person. */
const ONCE_WRONG = [453_211_711, 470_593_169];

/** A safeguard taken away, and how. */
interface Mutation {
  readonly title: string;
  readonly faults?: Faults;
  readonly bug?: SeededBug;
}

const MUTATIONS: readonly Mutation[] = [
  { title: 'no compare-and-set', faults: { ignoreVersions: true } },
  { title: 'the last write wins', faults: { ignoreRanks: true } },
  { title: 'no fencing', faults: { ignoreEpochs: true } },
  { title: 'a toggle without recompute', bug: 'no_recompute' },
  { title: 'no look at the settings after the write', bug: 'no_recheck' },
];

describe(`R01: the schedule property, ROLLCALL_PROPERTY_SEED=${SEED}`, () => {
  it(`ends ${RUNS} schedules as the reference says, whatever the order`, async () => {
    await expectNone(RUNS, openMemory);
  }).timeout(LONGEST_MS);

  for (const seed of ONCE_WRONG)
    it(`ends schedule ${seed} so, which once went wrong`, async () => {
      const { noticed, divergences } = await play(seed, openMemory());
      expect([...noticed, ...divergences]).to.deep.equal([]);
    });

  it(`ends ${RUNS_EMBEDDED} schedules so on the embedded store`, async () => {
    await expectNone(RUNS_EMBEDDED, openEmbedded);
  }).timeout(LONGEST_MS);

  for (const { title, faults, bug } of MUTATIONS)
    it(`finds out: ${title}`, async function () {
      for (let run = 0; run < RUNS_MUTATED; run++) {
        const { divergences } = await play(SEED + run, openMemory(faults), bug);
        if (divergences.length === 0) continue;
        // What goes wrong with the safeguard in place, too, proves nothing about it.
        expect((await play(SEED + run, openMemory())).divergences).to.deep.equal([]);
        if (this.test) this.test.title += ` (in schedule ${run + 1})`;
        return;
      }
      expect.fail(`${RUNS_MUTATED} schedules did not notice`);
    }).timeout(LONGEST_MS);
});

async function expectNone(runs: number, open: () => Opened): Promise<void> {
  for (let run = 0; run < runs; run++) {
    const { noticed, divergences } = await play(SEED + run, open());
    expect([...noticed, ...divergences], again(SEED + run)).to.deep.equal([]);
  }
}

async function play(seed: number, opened: Opened, bug: SeededBug | null = null): Promise<Outcome> {
  try {
    return await runSchedule(seed, opened, bug);
  } finally {
    await opened.stores.close();
  }
}

function openMemory(faults: Faults = {}): Opened {
  return openWith((now) => createMemoryStores({ now }, faults));
}

function openEmbedded(): Opened {
  return openWith((now) => openEmbeddedStores({ dataDir: ':memory:', clock: { now } }));
}

function openWith(open: (now: () => number) => Stores): Opened {
  const clock = { at: Date.parse('2026-01-01T00:00:00.000Z') };
  return { stores: open(() => clock.at), clock };
}

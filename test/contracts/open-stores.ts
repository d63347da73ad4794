import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { type ErrorCode, isAppError } from '../../src/core/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { aClock, type TestClock } from '../fixtures/clock.ts';

/** A way to open an empty store. */
export interface OpenStores {
  (clock: Clock): Stores | Promise<Stores>;
  /** Leases go by the server's time instead of the clock given. */
  readonly keepsTime?: true;
}

/** The store of the test that runs. */
export interface StoresUnderTest {
  readonly stores: Stores;
  readonly clock: TestClock;
  /** Lets so much time pass that leases of that many milliseconds run out. */
  readonly pass: (ms: number) => Promise<void>;
}

/** Opens an empty store before each test of the suite and closes it afterwards. */
export function eachWithStores(open: OpenStores): StoresUnderTest {
  let stores: Stores | null = null;
  let clock = aClock();
  beforeEach(async () => {
    clock = aClock();
    stores = await open(clock);
  });
  afterEach(() => stores?.close());
  return {
    get stores() {
      if (!stores) throw new Error('no store is open outside of a test');
      return stores;
    },
    get clock() {
      return clock;
    },
    async pass(ms) {
      clock.advance(ms);
      if (open.keepsTime) await wait(ms);
    },
  };
}

/** Checks that the work is refused with the code, and returns what the refusal says beside it. */
export async function refused(work: Promise<unknown>, code: ErrorCode): Promise<{ readonly [name: string]: unknown }> {
  const outcome = await work.then(
    () => 'it was done',
    (error: unknown) => error,
  );
  if (!isAppError(outcome)) throw outcome instanceof Error ? outcome : new Error(`expected ${code}, but ${outcome}`);
  expect(outcome.code).to.equal(code);
  return outcome.details;
}

import { expect } from 'chai';
import { type ErrorCode, isAppError } from '../../src/core/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { aClock, type TestClock } from '../fixtures/clock.ts';

/** A way to open an empty store. */
export type OpenStores = (clock: Clock) => Stores | Promise<Stores>;

/** The store of the test that runs. */
export interface StoresUnderTest {
  readonly stores: Stores;
  readonly clock: TestClock;
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

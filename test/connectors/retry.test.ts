import { expect } from 'chai';
import fc from 'fast-check';
import { backoffMs, RETRY_POLICY, realSleep, retryAfterMs, type Timing, withRetry } from '../../connectors/retry.ts';

/** Time that only moves when somebody waits. */
function fakeTiming(random = 1): Timing & { readonly waits: number[] } {
  let now = Date.parse('2026-03-01T12:00:00Z');
  const waits: number[] = [];
  return {
    waits,
    clock: { now: () => now },
    random: () => random,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
  };
}

const again = (afterMs: number | null = null) => ({ judge: () => ({ retry: true, retryAfterMs: afterMs }) });
const failing = (failures: number) => {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= failures) throw new Error(`failure ${calls}`);
    return calls;
  };
};

describe('withRetry', () => {
  it('doubles the longest wait up to the cap', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((attempt) => backoffMs(attempt, RETRY_POLICY, () => 1));
    expect(longest).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 64_000, 64_000]);
  });

  it('jitters over the whole range', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, chance) => {
          const waitMs = backoffMs(attempt, RETRY_POLICY, () => chance);
          expect(waitMs).to.be.within(
            0,
            backoffMs(attempt, RETRY_POLICY, () => 1),
          );
        },
      ),
    ));

  it('gives up after six tries, with the last error', async () => {
    const timing = fakeTiming();
    const outcome = await withRetry(failing(99), { timing, ...again() }).catch((error: Error) => error.message);
    expect(outcome).to.equal('failure 6');
    expect(timing.waits).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000]);
  });

  it('succeeds on the sixth try', async () => {
    expect(await withRetry(failing(5), { timing: fakeTiming(), ...again() })).to.equal(6);
  });

  it('does not try again what the verdict forbids', async () => {
    const timing = fakeTiming();
    const judge = () => ({ retry: false, retryAfterMs: null });
    const outcome = await withRetry(failing(1), { timing, judge }).catch((error: Error) => error.message);
    expect(outcome).to.equal('failure 1');
    expect(timing.waits).to.deep.equal([]);
  });

  it('never comes back before the time it was given, however lucky the jitter', async () => {
    const timing = fakeTiming(0);
    await withRetry(failing(2), { timing, ...again(7_300) });
    expect(timing.waits).to.deep.equal([7_300, 7_300]);
  });

  it('leaves a wait that is too long to whoever schedules', async () => {
    const timing = fakeTiming();
    const outcome = await withRetry(failing(1), { timing, ...again(3_600_000) }).catch((error: Error) => error.message);
    expect(outcome).to.equal('failure 1');
    expect(timing.waits).to.deep.equal([]);
  });

  it('stops when aborted: before a try and during a wait', async () => {
    const timing = fakeTiming();
    const aborted = AbortSignal.abort(new Error('stopping'));
    const before = await withRetry(failing(0), { timing, ...again(), signal: aborted }).catch((e: Error) => e.message);
    expect(before).to.equal('stopping');

    const controller = new AbortController();
    const slow = { ...timing, sleep: realSleep };
    const running = withRetry(failing(1), { timing: slow, ...again(60_000), signal: controller.signal });
    setTimeout(() => controller.abort(new Error('stopping now')), 5);
    expect(await running.catch((error: Error) => error.message)).to.equal('stopping now');
  });

  it('tells of each wait', async () => {
    const told: unknown[] = [];
    const onWait = (error: unknown, attempt: number, waitMs: number) => told.push([String(error), attempt, waitMs]);
    await withRetry(failing(1), { timing: fakeTiming(0.5), ...again(), onWait });
    expect(told).to.deep.equal([['Error: failure 1', 1, 500]]);
  });
});

describe('realSleep', () => {
  it('never wakes early', async () => {
    for (const ms of [1, 3.2, 7, 12.9]) {
      const before = Date.now();
      await realSleep(ms);
      expect(Date.now() - before).to.be.at.least(ms);
    }
  });

  it('refuses to start when already aborted', async () => {
    const outcome = await realSleep(1, AbortSignal.abort(new Error('over'))).catch((error: Error) => error.message);
    expect(outcome).to.equal('over');
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  for (const [header, date, expected] of [
    ['120', null, 120_000],
    ['0', null, 0],
    ['1.5', null, 1_500],
    [' 3 ', null, 3_000],
    ['0.0004', null, 1],
    ['Sun, 01 Mar 2026 12:00:30 GMT', null, 30_000],
    ['Sun, 01 Mar 2026 11:59:00 GMT', null, 0],
    // Our clock is a minute ahead of Google's: the reply's own date counts.
    ['Sun, 01 Mar 2026 11:59:30 GMT', 'Sun, 01 Mar 2026 11:59:00 GMT', 30_000],
    ['soon', null, null],
    ['-5', null, null],
    ['', null, null],
    [null, null, null],
  ] as const)
    it(`reads ${JSON.stringify(header)}${date ? ` sent at ${date}` : ''} as ${expected}`, () =>
      expect(retryAfterMs(header, date, now)).to.equal(expected));
});

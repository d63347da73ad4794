import { expect } from 'chai';
import { createLimiter, GOOGLE_LIMITS } from '../../connectors/limiter.ts';

/** Time that moves by waiting only. */
function fakeTime() {
  let now = 1_000_000;
  return {
    clock: { now: () => now },
    sleep: async (ms: number) => {
      now += ms;
    },
    move: (ms: number) => {
      now += ms;
    },
  };
}

describe('createLimiter', () => {
  it('lets a burst out at once and the rest at the pace', async () => {
    const time = fakeTime();
    const limiter = createLimiter(time, { perMinute: 60, burst: 3 });
    const start = time.clock.now();
    const at: number[] = [];
    for (let call = 0; call < 6; call += 1) {
      await limiter.take();
      at.push(time.clock.now() - start);
    }
    expect(at).to.deep.equal([0, 0, 0, 1_000, 2_000, 3_000]);
  });

  it('stays below half of what Google allows in any minute after the burst', async () => {
    const time = fakeTime();
    const limiter = createLimiter(time, GOOGLE_LIMITS);
    const start = time.clock.now();
    let calls = 0;
    while (time.clock.now() - start < 60_000) {
      await limiter.take();
      calls += 1;
    }
    expect(calls).to.be.within(1_200, 1_221);
  });

  it('saves up no more than the burst in a quiet time', async () => {
    const time = fakeTime();
    const limiter = createLimiter(time, { perMinute: 60, burst: 2 });
    time.move(3_600_000);
    const start = time.clock.now();
    for (let call = 0; call < 3; call += 1) await limiter.take();
    expect(time.clock.now() - start).to.equal(1_000);
  });

  it('holds everybody back during a pause, those already waiting too', async () => {
    const time = fakeTime();
    let wake = () => {};
    const waits: number[] = [];
    const sleep = (ms: number) =>
      new Promise<void>((resolve) => {
        waits.push(ms);
        wake = () => {
          time.move(ms);
          resolve();
        };
      });
    const limiter = createLimiter({ clock: time.clock, sleep }, { perMinute: 60, burst: 1 });
    await limiter.take();
    let out = false;
    const second = limiter.take().then(() => {
      out = true;
    });
    limiter.pause(10_000);
    wake();
    await new Promise(setImmediate);
    expect(out).to.equal(false);
    wake();
    await second;
    expect(waits).to.deep.equal([1_000, 9_000]);
  });

  it('never shortens a pause, and forgets it when it is over', () => {
    const time = fakeTime();
    const limiter = createLimiter(time, GOOGLE_LIMITS);
    limiter.pause(10_000);
    limiter.pause(1_000);
    expect(limiter.pausedMs()).to.equal(10_000);
    time.move(10_000);
    expect(limiter.pausedMs()).to.equal(0);
  });

  it('does not stretch a pause when the clock is set back', () => {
    const time = fakeTime();
    const limiter = createLimiter(time, GOOGLE_LIMITS);
    limiter.pause(10_000);
    time.move(-3_600_000);
    expect(limiter.pausedMs()).to.equal(10_000);
  });
});

import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { createServerClock } from '../../../src/store/mongo/server-clock.ts';
import { openMongoStores } from '../../../src/store/mongo/stores.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

describe('the server’s clock', () => {
  /** A server whose answer takes as long to come as the question takes to go. */
  function aServer() {
    const state = { elapsed: 5_000, serverTime: START, halfWay: 20, isAway: false };
    const pass = (ms: number) => {
      state.elapsed += ms;
      state.serverTime += ms;
    };
    async function ask(): Promise<number> {
      if (state.isAway) throw new Error('nobody answers');
      pass(state.halfWay);
      const answer = state.serverTime;
      pass(state.halfWay);
      return answer;
    }
    return { state, pass, options: { ask, elapsed: () => state.elapsed, everyMs: 5 } };
  }

  it('shows the server’s time, the way there and back taken off', async () => {
    const { state, pass, options } = aServer();
    const { clock, close } = await createServerClock({ ...options, everyMs: HOUR });
    expect(clock.now()).to.equal(state.serverTime);
    pass(HOUR);
    expect(clock.now()).to.equal(state.serverTime);
    close();
  });

  it('follows the server when the two drift apart, and never goes back for it', async () => {
    const { state, options } = aServer();
    const { clock, close } = await createServerClock(options);
    state.serverTime += 1_500;
    await wait(50);
    const ahead = clock.now();
    expect(ahead).to.be.within(state.serverTime - 1, state.serverTime + 1);
    state.serverTime -= 1_000;
    state.halfWay = 0;
    await wait(50);
    expect(clock.now()).to.be.within(ahead, ahead + 2_000);
    close();
  });

  it('follows a server that was set back a long way', async () => {
    const { state, options } = aServer();
    const { clock, close } = await createServerClock(options);
    clock.now();
    state.serverTime -= HOUR;
    state.halfWay = 0;
    await wait(50);
    expect(clock.now()).to.equal(state.serverTime);
    close();
  });

  it('goes on while nobody answers, and does not trust an answer that took long', async () => {
    const { state, pass, options } = aServer();
    const { clock, close } = await createServerClock(options);
    state.isAway = true;
    await wait(20);
    pass(10_000);
    expect(clock.now()).to.equal(state.serverTime);
    state.isAway = false;
    state.halfWay = 600;
    state.serverTime += HOUR;
    await wait(20);
    expect(clock.now()).to.be.below(state.serverTime - HOUR / 2);
    close();
  });
});

describeOnMongo('the clock of stores on MongoDB', (mongo) => {
  it('is the server’s, whatever this machine’s says: R29', async function () {
    this.timeout(60_000);
    const { now } = Date;
    const real = performance.timeOrigin + performance.now();
    Date.now = () => now() + HOUR;
    const { clock, stores } = await openMongoStores({ url: mongo.freshUrl() }).finally(() => {
      Date.now = now;
    });
    expect(clock.now()).to.be.within(real - 5_000, real + 60_000);
    await stores.close();
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { SyncDependencies } from '../../src/services/sync-step.ts';
import { createClockwork } from '../../workers/clockwork.ts';
import { createInterruptions } from '../support/interruptions.ts';
import { startRollcall, type TestRollcall } from '../support/rollcall.ts';

describe('the clockwork', () => {
  it('lets a process start though what was left unfinished cannot be seen to just now', async () => {
    const { around, before: interruptBefore } = createInterruptions();
    interruptBefore('imports.unfinished', 1, () => {
      throw new Error('not now');
    });
    const rollcall = await startRollcall({ overrides: { around } });
    expect((await rollcall.api.get('/organizations')).status).to.equal(200);
    expect(rollcall.log()).to.contain('a repeating task failed').and.to.contain('not now');
    await rollcall.stop();
  });

  it('publishes once at a time, and what comes meanwhile afterwards', async () => {
    const rollcall: TestRollcall = await startRollcall();
    const deps = rollcall.rollcall.deps as SyncDependencies;
    let inside = 0;
    let most = 0;
    let waiting = 0;
    const relay = async () => {
      most = Math.max(most, ++inside);
      const taken = waiting;
      await new Promise((resolve) => setTimeout(resolve, 250));
      waiting -= taken;
      inside--;
      return 0;
    };
    const events = { ...deps.stores.events, relay };
    const clockwork = createClockwork({ ...deps, stores: { ...deps.stores, events } });
    for (let count = 0; count < 8; count++) {
      waiting++;
      clockwork.publishSoon();
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await clockwork.stop();
    await rollcall.stop();
    expect({ most, waiting }).to.deep.equal({ most: 1, waiting: 0 });
  });

  it('ends within seconds though others go on writing what is to be published', async () => {
    const rollcall = await startRollcall();
    const deps = rollcall.rollcall.deps as SyncDependencies;
    let isBusy = true;
    const events = { ...deps.stores.events, relay: async (limit: number) => (isBusy ? limit : 0) };
    const clockwork = createClockwork({ ...deps, stores: { ...deps.stores, events } });
    clockwork.publishSoon();
    const told = performance.now();
    const ended = clockwork.stop().then(() => performance.now() - told);
    const tookMs = await Promise.race([ended, sleep(5_000, Number.POSITIVE_INFINITY)]);
    isBusy = false;
    await ended;
    await rollcall.stop();
    expect(tookMs).to.be.below(5_000);
  });
});

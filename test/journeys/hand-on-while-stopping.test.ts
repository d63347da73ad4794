import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Overrides } from '../../src/compose.ts';
import { createInterruptions } from '../support/interruptions.ts';
import { startRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

type Around = NonNullable<Overrides['around']>;

/** Time enough for a step of a run or two. */
const STEPS_MS = 500;
/** When a process that was told to stop must have come to its jobs. */
const SOON_MS = 3_000;

describeBothWays('A process that is told to stop while events are being published', (way) => {
  it('takes no further step of a run meanwhile', async () => {
    const interruptions = createInterruptions();
    const relay = createSlowRelay();
    const closing = Promise.withResolvers<void>();
    const around: Around = (deps) => interruptions.around(relay.around(tellingOfItsEnd(deps, closing.resolve)));
    const rollcall = await startRollcall({ google: {}, env: way.env(), overrides: { around } });
    const steps = () => rollcall.log().split('a step of a run begins').length - 1;
    const organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.change({ google: { syncUsers: true } });
    relay.hold();
    await organization.addUser('Ada', 'ada@sim.example');
    await until('events are being published', async () => relay.isHeld());
    let stopped: Promise<void> | null = null;
    interruptions.before('users.saveMany', 1, async () => {
      stopped = rollcall.stop();
      await Promise.race([closing.promise, sleep(SOON_MS)]);
    });
    await organization.connectGoogle();
    await until('it is told to stop in the middle of a step', async () => stopped !== null);
    await Promise.race([closing.promise, sleep(SOON_MS)]);
    await sleep(STEPS_MS);
    relay.letGo();
    await stopped;
    expect(steps()).to.equal(1);
  });
});

const tellingOfItsEnd = (deps: Parameters<Around>[0], tell: () => void): ReturnType<Around> => ({
  ...deps,
  queue: {
    ...deps.queue,
    close(graceMs) {
      tell();
      return deps.queue.close(graceMs);
    },
  },
});

/** Has whoever publishes events wait, once told. */
function createSlowRelay() {
  let gate: PromiseWithResolvers<void> | null = null;
  let held = false;
  const around: Around = (deps) => ({
    ...deps,
    stores: {
      ...deps.stores,
      events: {
        ...deps.stores.events,
        async relay(limit) {
          held = gate !== null;
          await gate?.promise;
          return deps.stores.events.relay(limit);
        },
      },
    },
  });
  return {
    around,
    hold() {
      gate = Promise.withResolvers();
    },
    letGo() {
      gate?.resolve();
      gate = null;
    },
    isHeld: () => held,
  };
}

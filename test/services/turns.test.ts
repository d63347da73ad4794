import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { createTurns } from '../../src/services/turns.ts';

/** Time that goes by only when somebody works. */
function timeOfWork() {
  let ms = 0;
  return {
    now: () => ms,
    work(more: number) {
      ms += more;
    },
  };
}

describe('turns of long work', () => {
  for (const [pace, most] of [
    ['calm', 2],
    ['hurried', 1],
  ] as const)
    it(`are not given away before ${most} ms of ${pace} work`, async () => {
      const { now, work } = timeOfWork();
      const turn = createTurns(pace, now);
      let others = 0;
      setImmediate(() => others++);
      work(most - 0.1);
      await turn();
      expect(others).to.equal(0);
      work(0.1);
      await turn();
      expect(others).to.equal(1);
    });

  it('leave the event loop alone for a while when the work is calm, though nobody has anything to do', async () => {
    const { now, work } = timeOfWork();
    const turn = createTurns('calm', now);
    work(2);
    let isLater = false;
    setTimeout(() => {
      isLater = true;
    }, 1);
    await turn();
    expect(isLater).to.equal(true);
  });

  for (const { request, turns, isBusy } of [
    { request: 'takes several turns', turns: 5, isBusy: () => true },
    { request: 'does nothing in two turns out of three', turns: 12, isBusy: (step: number) => step % 3 === 0 },
  ])
    it(`come back only once a request is done that ${request}`, async () => {
      const { now, work } = timeOfWork();
      const turn = createTurns('hurried', now);
      let done = false;
      void (async () => {
        for (let step = 0; step < turns; step++) {
          await nextTurn();
          if (isBusy(step)) work(1);
        }
        done = true;
      })();
      work(2);
      await turn();
      expect(done).to.equal(true);
    });

  it('come back after ten milliseconds, however much the others have to do', async () => {
    const { now, work } = timeOfWork();
    const turn = createTurns('hurried', now);
    let ended = false;
    const endless = (async () => {
      for (; !ended; await nextTurn()) work(1);
    })();
    work(2);
    const from = now();
    await turn();
    expect(now() - from).to.be.within(10, 12);
    ended = true;
    await endless;
  });

  it('go round among pieces of long work', async () => {
    const { now, work } = timeOfWork();
    const order: string[] = [];
    const piece = async (name: string) => {
      const turn = createTurns('hurried', now);
      for (let part = 0; part < 4; part++) {
        work(2);
        order.push(name);
        await turn();
      }
    };
    await Promise.all([piece('a'), piece('b')]);
    expect(order.join('')).to.equal('abababab');
  });
});

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
  it('are not given away before two milliseconds', async () => {
    const { now, work } = timeOfWork();
    const turn = createTurns(now);
    let others = 0;
    setImmediate(() => others++);
    work(1.9);
    await turn();
    expect(others).to.equal(0);
    work(0.1);
    await turn();
    expect(others).to.equal(1);
  });

  it('come back only once a request that takes several turns is done', async () => {
    const { now, work } = timeOfWork();
    const turn = createTurns(now);
    let done = false;
    void (async () => {
      for (let step = 0; step < 5; step++) {
        await nextTurn();
        work(1);
      }
      done = true;
    })();
    work(2);
    await turn();
    expect(done).to.equal(true);
  });

  it('come back after ten milliseconds, however much the others have to do', async () => {
    const { now, work } = timeOfWork();
    const turn = createTurns(now);
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
      const turn = createTurns(now);
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

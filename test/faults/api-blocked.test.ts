import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { RollcallProcess } from '../support/rollcall-process.ts';
import { figure } from './figure.ts';
import { spoken } from './measures.ts';
import { createScene, timeUntil } from './scene.ts';

const scene = createScene({ ROLLCALL_DATA_DIR: ':memory:' });

describe('R31: a process whose event loop stands still', () => {
  after(() => scene.end());

  it('R31: does not say that it is live, and says so again once it goes on', async () => {
    const rollcall = await scene.start({}, { entry: 'test/faults/blocking-main.ts' });
    expect(await live(rollcall)).to.equal(200);
    rollcall.child.kill('SIGUSR2');
    const struck = performance.now();
    await sleep(200);
    const refused: boolean[] = [];
    while (performance.now() - struck < 3_500) refused.push((await live(rollcall)) === null);
    await timeUntil('it is live again', async () => (await live(rollcall)) === 200);
    const took = performance.now() - struck;
    figure(
      'R31',
      `event loop blocked 5 s: ${refused.length} of ${refused.length} looks unanswered within 1 s, live again after ${spoken(took)}`,
    );
    expect(refused).to.deep.equal(refused.map(() => true));
    expect(refused.length).to.be.above(2);
    expect(took).to.be.within(4_900, 8_000);
  }).timeout(20_000);
});

/** The status within a second; null without an answer. */
async function live({ url }: RollcallProcess): Promise<number | null> {
  try {
    return (await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(1_000) })).status;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') return null;
    throw error;
  }
}

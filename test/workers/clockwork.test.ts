import { expect } from 'chai';
import { createInterruptions } from '../support/interruptions.ts';
import { startRollcall } from '../support/rollcall.ts';

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
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createQuietLog } from '../../src/queue/quiet-log.ts';

describe('the log of trouble', () => {
  it('has the first line at once, the last one always, and says how many were left out', async () => {
    const lines: unknown[] = [];
    const note = (level: string) => (facts: object, message: string) => void lines.push([level, facts, message]);
    const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
    const quiet = createQuietLog(logger, 50);
    for (let n = 0; n < 1_000; n++) quiet('warn', { n }, 'trouble');
    quiet('info', {}, 'no more trouble');
    expect(lines).to.deep.equal([['warn', { n: 0 }, 'trouble']]);
    await sleep(200);
    expect(lines.slice(1)).to.deep.equal([['info', { leftOut: 999 }, 'no more trouble']]);
    quiet('warn', { n: 1_000 }, 'trouble again');
    expect(lines[2]).to.deep.equal(['warn', { n: 1_000 }, 'trouble again']);
  });
});

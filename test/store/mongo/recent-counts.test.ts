import { expect } from 'chai';
import { createRecentCounts } from '../../../src/store/mongo/recent-counts.ts';

describe('counts of MongoDB that are used again', () => {
  let now = 0;
  let counted = 0;
  const counts = () => {
    now = 0;
    counted = 0;
    const recent = createRecentCounts({ now: () => now, least: 100 });
    return (size: number, key = 'everybody') =>
      recent.count(key, async () => {
        counted += 1;
        return size;
      });
  };

  it('are large ones, for up to five seconds', async () => {
    const count = counts();
    expect(await count(100)).to.equal(100);
    now = 4_999;
    expect(await count(101)).to.equal(100);
    now = 5_000;
    expect(await count(102)).to.equal(102);
    expect(counted).to.equal(2);
  });

  it('are no small ones: those are always exact', async () => {
    const count = counts();
    expect(await count(99)).to.equal(99);
    expect(await count(98)).to.equal(98);
  });

  it('are those of the very same question', async () => {
    const count = counts();
    expect(await count(100)).to.equal(100);
    expect(await count(200, 'somebody')).to.equal(200);
    expect(await count(300)).to.equal(100);
  });

  it('are not kept of a count that failed, and not of more than a thousand questions', async () => {
    const recent = createRecentCounts({ now: () => 0, least: 0 });
    const failure = await recent.count('x', () => Promise.reject(new Error('away'))).catch((error: Error) => error);
    expect(failure).to.be.an('error');
    expect(await recent.count('x', async () => 7)).to.equal(7);
    for (let n = 0; n < 1_000; n++) await recent.count(`${n}`, async () => n);
    expect(await recent.count('x', async () => 8)).to.equal(8);
    expect(await recent.count('999', async () => 0)).to.equal(999);
  });
});

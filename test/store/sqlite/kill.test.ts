import { expect } from 'chai';
import { killWriters } from './kill-writers.ts';

describe('a process killed while it writes', () => {
  it('loses nothing it acknowledged and leaves a sound database, fifty times', async () => {
    expect(await killWriters(50)).to.be.above(50 * 5);
  }).timeout(120_000);
});

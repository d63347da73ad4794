import { expect } from 'chai';
import { killWriters } from './kill-writers.ts';

describe('a process killed while it writes', () => {
  it('loses nothing it acknowledged and leaves a sound database, fifty times', async () => {
    expect(await killWriters(50)).to.be.at.least(50);
  }).timeout(120_000);
});

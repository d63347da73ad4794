import { expect } from 'chai';
import { killWriters } from '../store/sqlite/kill-writers.ts';
import { figure } from './figure.ts';
import { spoken } from './measures.ts';

const KILLS = 200;

describe('R40: the embedded store under kill -9', () => {
  it(`R40: loses nothing it acknowledged and opens soundly, ${KILLS} times`, async () => {
    const begin = performance.now();
    const people = await killWriters(KILLS);
    figure(
      'R40',
      `${KILLS} kills in ${spoken(performance.now() - begin)}: 0 corrupt opens, 0 lost of ${people} people acknowledged`,
    );
    expect(people).to.be.at.least(KILLS);
  }).timeout(240_000);
});

import { expect } from 'chai';
import { nextDueBy } from '../../workers/next-due.ts';
import { anIntegration } from './integration.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.parse('2026-11-23T12:00:00.000Z');

describe('The next due time of an integration', () => {
  const dueAt = (id: string, now: number) => Date.parse(nextDueBy({ now: () => now })(anIntegration({ id })) ?? '');

  it('lies within the hour to come', () => {
    for (let index = 0; index < 200; index++) {
      const due = dueAt(`integration-${index}`, NOON + index * 1_000);
      expect(due)
        .to.be.above(NOON + index * 1_000)
        .and.at.most(NOON + index * 1_000 + HOUR_MS);
    }
  });

  it('comes once an hour, always at the same minute for one integration', () => {
    const first = dueAt('one', NOON);
    expect(dueAt('one', first) - first).to.equal(HOUR_MS);
    expect(dueAt('one', first + 1) - first).to.equal(HOUR_MS);
  });

  it('comes every quarter of an hour where a run need not list everybody', () => {
    const next = (now: number) =>
      Date.parse(nextDueBy({ now: () => now })(anIntegration({ source: 'microsoft' })) ?? '');
    const first = next(NOON);
    expect(first - NOON).to.be.at.most(HOUR_MS / 4);
    expect(next(first) - first).to.equal(HOUR_MS / 4);
  });

  it('spreads integrations over the hour', () => {
    const quarters = new Set(
      Array.from({ length: 100 }, (_, index) => Math.floor(((dueAt(`i${index}`, NOON) - NOON) / HOUR_MS) * 4)),
    );
    expect([...quarters].sort()).to.deep.equal([0, 1, 2, 3]);
  });
});

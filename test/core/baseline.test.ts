import { expect } from 'chai';
import { baselineFor } from '../../src/core/baseline.ts';
import { NO_COUNTS, type Run } from '../../src/core/run.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const PINS = { syncVersion: 1, integrationVersion: 1 };
const at = (days: number) => new Date(NOW + days * DAY_MS).toISOString();
const EARLIER = { cursor: 'earlier', fullDueAt: at(3) };

const latest = (facts: Partial<Run>): Run =>
  ({
    state: 'finished',
    kind: 'full',
    pins: PINS,
    counts: NO_COUNTS,
    baseline: null,
    checkpoint: 'next',
    finishedAt: at(0),
    ...facts,
  }) as Run;

describe('Where a run goes on from', () => {
  it('is what the last finished run reached, for six days after everybody was listed', () => {
    expect(baselineFor(latest({}), PINS, NOW)).to.deep.equal({ cursor: 'next', fullDueAt: at(6) });
    expect(baselineFor(latest({}), PINS, NOW + 6 * DAY_MS - 1)).not.to.equal(null);
    expect(baselineFor(latest({}), PINS, NOW + 6 * DAY_MS)).to.equal(null);
  });

  it('does not put the next listing of everybody off, however many deltas come between', () => {
    const delta = latest({ kind: 'delta', baseline: EARLIER });
    expect(baselineFor(delta, PINS, NOW)).to.deep.equal({ cursor: 'next', fullDueAt: at(3) });
  });

  for (const state of ['failed', 'held', 'superseded'] as const)
    it(`stays where it was when the run ended ${state}`, () => {
      expect(baselineFor(latest({ state, kind: 'delta', baseline: EARLIER }), PINS, NOW)).to.equal(EARLIER);
    });

  for (const counts of [{ failed: 1 }, { held: 1 }])
    it(`comes to an end after a day when somebody could not be taken (${JSON.stringify(counts)})`, () => {
      const run = latest({ counts: { ...NO_COUNTS, ...counts } });
      expect(baselineFor(run, PINS, NOW)?.fullDueAt).to.equal(at(1));
    });

  it('is nowhere before the first run, without a checkpoint, and after other credentials or another switch', () => {
    expect(baselineFor(null, PINS, NOW)).to.equal(null);
    expect(baselineFor(latest({ checkpoint: null }), PINS, NOW)).to.equal(null);
    expect(baselineFor(latest({}), { ...PINS, integrationVersion: 2 }, NOW)).to.equal(null);
    expect(baselineFor(latest({}), { ...PINS, syncVersion: 2 }, NOW)).to.equal(null);
  });

  it('is nowhere after a run that was stored before there were any', () => {
    const { checkpoint: _, baseline: __, ...old } = latest({});
    expect(baselineFor(old as Run, PINS, NOW)).to.equal(null);
  });
});

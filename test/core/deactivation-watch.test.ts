import { expect } from 'chai';
import {
  alarmInForce,
  clearedWatch,
  type DeactivationWatch,
  freshWatch,
  needsBase,
  recentCount,
  withDeactivation,
} from '../../src/core/deactivation-watch.ts';

/** The beginning of a slot. */
const START = Date.parse('2026-10-01T12:00:00.000Z');
const MINUTES_10 = 600_000;

describe('reliability §9 the watch over deactivations', () => {
  /** So many at once, of so many active people. */
  const deactivate = (count: number, people: number, from = freshWatch('organization', 'connection'), now = START) => {
    let watch: DeactivationWatch = from;
    for (let n = 1; n <= count; n++)
      watch = withDeactivation(watch, now, needsBase(watch, now) ? people - recentCount(watch, now) - 1 : null);
    return watch;
  };
  const alarmOf = (watch: DeactivationWatch, now = START) => alarmInForce(watch, now);

  for (const [people, limit] of [
    [0, 20],
    [21, 20],
    [100, 20],
    [104, 20],
    [105, 21],
    [200, 40],
    [1_000, 200],
    [1_004, 200],
    [1_005, 201],
  ] as const)
    it(`of ${people} people lets ${limit} go, and no more`, () => {
      expect(alarmOf(deactivate(limit, people))).to.equal(null);
      expect(alarmOf(deactivate(limit + 1, people))).to.deep.equal({
        at: new Date(START).toISOString(),
        deactivations: limit + 1,
        limit,
      });
    });

  it('looks back ten minutes, to the slot of ten seconds', () => {
    const twenty = deactivate(20, 50);
    expect(recentCount(twenty, START + MINUTES_10 - 1)).to.equal(20);
    expect(recentCount(twenty, START + MINUTES_10)).to.equal(0);
    expect(alarmOf(deactivate(1, 50, twenty, START + MINUTES_10 - 1), START + MINUTES_10 - 1)).not.to.equal(null);
    expect(alarmOf(deactivate(1, 50, twenty, START + MINUTES_10), START + MINUTES_10)).to.equal(null);
  });

  it('slides: what is spread out never adds up', () => {
    let watch = freshWatch('organization', 'connection');
    for (let step = 0; step < 500; step++) watch = deactivate(1, 50, watch, START + step * 30_000);
    expect(alarmOf(watch, START + 499 * 30_000)).to.equal(null);
    expect(watch.counts.length).to.be.at.most(61);
  });

  it('raises the alarm once in ten minutes, and again when it goes on after that', () => {
    const alarmed = deactivate(30, 50);
    expect(alarmOf(alarmed)?.deactivations).to.equal(21);
    expect(alarmOf(alarmed, START + MINUTES_10 - 1)).not.to.equal(null);
    expect(alarmOf(alarmed, START + MINUTES_10)).to.equal(null);
    const again = deactivate(21, 50, alarmed, START + MINUTES_10);
    expect(alarmOf(again, START + MINUTES_10)?.at).to.equal(new Date(START + MINUTES_10).toISOString());
  });

  it('measures how many people there are once in ten minutes, and not before it matters', () => {
    expect(needsBase(deactivate(19, 1_000), START)).to.equal(false);
    expect(needsBase(deactivate(20, 1_000), START)).to.equal(true);
    expect(needsBase(deactivate(21, 1_000), START)).to.equal(false);
    expect(needsBase(deactivate(21, 1_000), START + MINUTES_10 - 1)).to.equal(false);
  });

  it('begins anew when it was cleared', () => {
    const cleared = clearedWatch(deactivate(21, 50));
    expect(alarmOf(cleared)).to.equal(null);
    expect(alarmOf(deactivate(20, 50, cleared))).to.equal(null);
    expect(alarmOf(deactivate(21, 50, cleared))?.deactivations).to.equal(21);
  });

  it('counts on when the clock goes back', () => {
    const back = deactivate(1, 50, deactivate(20, 50), START - 30_000);
    expect(alarmOf(back, START)?.deactivations).to.equal(21);
  });
});

import { expect } from 'chai';
import { nextDue, quietUntil } from '../../src/core/schedule.ts';
import type { SyncSchedule } from '../../src/core/sync-options.ts';

const MINUTE_MS = 60_000;
const at = (text: string): number => Date.parse(text);
const SCHEDULE: SyncSchedule = { fullEveryMinutes: 60, deltaEveryMinutes: 15, paused: false, quietHours: null };

describe('The schedule of a sync', () => {
  it('comes in its interval, shifted by a share of it, whatever the interval', () => {
    for (const minutes of [5, 15, 60, 90, 1_440, 43_200])
      for (const jitter of [0, 1, 12_345_678, 4_294_967_295]) {
        const now = at('2026-11-23T12:00:00.000Z');
        const first = nextDue(SCHEDULE, minutes, jitter, now) ?? 0;
        expect(first - now).to.be.within(1, minutes * MINUTE_MS);
        expect((nextDue(SCHEDULE, minutes, jitter, first) ?? 0) - first).to.equal(minutes * MINUTE_MS);
      }
  });

  it('spreads many over the interval', () => {
    const quarters = Array.from({ length: 100 }, (_, n) =>
      Math.floor(((nextDue(SCHEDULE, 60, n * 7_919_993 + 1, 0) ?? 0) / (60 * MINUTE_MS)) * 4),
    );
    expect([...new Set(quarters)].sort()).to.deep.equal([0, 1, 2, 3]);
  });

  it('never comes while paused', () => expect(nextDue({ ...SCHEDULE, paused: true }, 60, 0, 0)).to.equal(null));

  it('puts a run that is due in quiet hours off until after them, spread over a quarter of an hour', () => {
    const quietHours = { from: '22:00', to: '06:00', timeZone: 'UTC' };
    const schedule = { ...SCHEDULE, quietHours };
    const now = at('2026-11-23T21:30:00.000Z');
    const ends = Array.from({ length: 50 }, (_, n) => nextDue(schedule, 60, n * 7_919_993, now) ?? 0);
    const late = ends.filter((end) => end >= at('2026-11-23T22:00:00.000Z'));
    expect(late.length).to.be.greaterThan(10);
    for (const end of late) expect(end).to.be.within(at('2026-11-24T06:00:00.000Z'), at('2026-11-24T06:14:59.999Z'));
    expect(new Set(late).size).to.be.greaterThan(10);
  });

  const berlin = { from: '22:30', to: '06:15', timeZone: 'Europe/Berlin' };
  for (const [title, quiet, time, end] of [
    ['before midnight', berlin, '2026-11-23T21:30:00.000Z', '2026-11-24T05:15:00.000Z'],
    ['after midnight', berlin, '2026-11-24T02:00:00.000Z', '2026-11-24T05:15:00.000Z'],
    ['at their last minute', berlin, '2026-11-24T05:14:30.000Z', '2026-11-24T05:15:00.000Z'],
    ['at their end', berlin, '2026-11-24T05:15:00.000Z', null],
    ['just before they begin', berlin, '2026-11-23T21:29:59.000Z', null],
    ['in the night the clocks go forward', berlin, '2026-03-28T22:00:00.000Z', '2026-03-29T04:15:00.000Z'],
    ['in the night the clocks go back', berlin, '2026-10-24T21:00:00.000Z', '2026-10-25T05:15:00.000Z'],
    [
      'within one day',
      { from: '09:00', to: '17:00', timeZone: 'UTC' },
      '2026-11-23T12:00:00.000Z',
      '2026-11-23T17:00:00.000Z',
    ],
    ['where there are none', { from: '09:00', to: '09:00', timeZone: 'UTC' }, '2026-11-23T09:00:00.000Z', null],
  ] as const)
    it(`quiet hours ${title} end ${end ?? 'at once'}`, () =>
      expect(quietUntil(quiet, at(time))).to.equal(end === null ? null : at(end)));
});

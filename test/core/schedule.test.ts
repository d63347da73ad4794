import { expect } from 'chai';
import { allowedFrom, nextDue, type Pace, paceOf, quietUntil } from '../../src/core/schedule.ts';
import type { SyncSchedule } from '../../src/core/sync-options.ts';
import type { SyncState, SyncTrouble } from '../../src/core/sync-state.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const at = (text: string): number => Date.parse(text);
const SCHEDULE: SyncSchedule = { fullEveryMinutes: 60, deltaEveryMinutes: 15, paused: false, quietHours: null };
const WELL = { trouble: null };
const pace = (everyMinutes: number, jitter: number, schedule: SyncSchedule = SCHEDULE): Pace => ({
  ...{ schedule, everyMinutes, jitter },
});

describe('The schedule of a sync', () => {
  it('comes in its interval, shifted by a share of it, whatever the interval', () => {
    for (const minutes of [5, 15, 60, 90, 1_440, 43_200])
      for (const jitter of [0, 1, 12_345_678, 4_294_967_295]) {
        const now = at('2026-11-23T12:00:00.000Z');
        const first = nextDue(pace(minutes, jitter), WELL, now) ?? 0;
        expect(first - now).to.be.within(1, minutes * MINUTE_MS);
        expect((nextDue(pace(minutes, jitter), WELL, first) ?? 0) - first).to.equal(minutes * MINUTE_MS);
        expect((nextDue(pace(minutes, jitter), WELL, first + 1) ?? 0) - first).to.equal(minutes * MINUTE_MS);
      }
  });

  it('spreads many over the interval', () => {
    const quarters = Array.from({ length: 100 }, (_, n) =>
      Math.floor(((nextDue(pace(60, n * 7_919_993 + 1), WELL, 0) ?? 0) / HOUR_MS) * 4),
    );
    expect([...new Set(quarters)].sort()).to.deep.equal([0, 1, 2, 3]);
  });

  it('comes as often as changes are asked for, where the directory tells changes', () => {
    expect(paceOf({ source: 'google' }, 0).everyMinutes).to.equal(60);
    expect(paceOf({ source: 'microsoft' }, 0).everyMinutes).to.equal(15);
    const seldom = { ...SCHEDULE, fullEveryMinutes: 30, deltaEveryMinutes: 45 };
    expect(paceOf({ source: 'microsoft', options: { schedule: seldom } }, 0).everyMinutes).to.equal(30);
  });

  it('puts a run that is due in quiet hours off until after them, spread over a quarter of an hour', () => {
    const quietHours = { from: '22:00', to: '06:00', timeZone: 'UTC' };
    const now = at('2026-11-23T21:30:00.000Z');
    const ends = Array.from(
      { length: 50 },
      (_, n) => nextDue(pace(60, n * 7_919_993, { ...SCHEDULE, quietHours }), WELL, now) ?? 0,
    );
    const late = ends.filter((end) => end >= at('2026-11-23T22:00:00.000Z'));
    expect(late.length).to.be.greaterThan(10);
    for (const end of late) expect(end).to.be.within(at('2026-11-24T06:00:00.000Z'), at('2026-11-24T06:14:59.999Z'));
    expect(new Set(late).size).to.be.greaterThan(10);
  });

  const NIGHT = { from: '22:00', to: '06:00', timeZone: 'UTC' };
  const NEARLY_ALWAYS = { from: '06:05', to: '06:00', timeZone: 'UTC' };
  const config = (nextAttemptAt: string | null): SyncTrouble => ({
    ...{ since: '2026-11-20T12:00:00.000Z', cause: 'config', message: 'no', failures: 3, nextAttemptAt },
  });
  const passing: SyncTrouble = { ...config('2026-11-23T12:10:00.000Z'), cause: 'retry', failures: 2 };
  const asked = { id: 'asked', kind: 'delta', trigger: 'operator' } as const;
  const NOON = '2026-11-23T12:10:00.000Z';
  const DUE = '2026-11-23T13:00:00.000Z';
  const STILL = '2026-11-23T12:30:00.000Z';
  type Row = readonly [
    string,
    Partial<SyncSchedule>,
    Pick<SyncState, 'trouble' | 'asked'>,
    string,
    string | null,
    string | null,
  ];
  /** When it is due next, and from when on what is due may start. */
  const ROWS: readonly Row[] = [
    ['goes well', {}, WELL, NOON, DUE, NOON],
    ['is paused', { paused: true }, WELL, NOON, null, null],
    ['is paused and fails', { paused: true }, { trouble: config('2026-11-23T14:00:00.000Z') }, NOON, null, null],
    ['failed in passing', {}, { trouble: passing }, NOON, DUE, NOON],
    ['is put off', {}, { trouble: config(STILL) }, NOON, STILL, STILL],
    [
      'is put off for long',
      {},
      { trouble: config('2026-11-24T12:00:00.000Z') },
      NOON,
      '2026-11-24T12:00:00.000Z',
      '2026-11-24T12:00:00.000Z',
    ],
    ['was put off until now', {}, { trouble: config('2026-11-23T12:09:00.000Z') }, NOON, NOON, NOON],
    ['was switched off by trouble', {}, { trouble: config(null) }, NOON, null, null],
    [
      'is put off into quiet hours',
      { quietHours: NIGHT },
      { trouble: config('2026-11-23T23:00:00.000Z') },
      NOON,
      '2026-11-24T06:00:00.000Z',
      '2026-11-24T06:00:00.000Z',
    ],
    [
      'was missed until quiet hours',
      { quietHours: NIGHT },
      WELL,
      '2026-11-23T23:00:00.000Z',
      '2026-11-24T06:00:00.000Z',
      '2026-11-24T06:00:00.000Z',
    ],
    ['was asked for', {}, { trouble: null, asked }, NOON, NOON, NOON],
    ['was asked for while paused', { paused: true }, { trouble: null, asked }, NOON, NOON, NOON],
    ['was asked for in quarantine', {}, { trouble: config(STILL), asked }, NOON, NOON, NOON],
    ['was asked for when it was off', {}, { trouble: config(null), asked }, NOON, NOON, NOON],
    [
      'was asked for in quiet hours',
      { quietHours: NIGHT },
      { trouble: null, asked },
      '2026-11-23T23:00:00.000Z',
      '2026-11-23T23:00:00.000Z',
      '2026-11-23T23:00:00.000Z',
    ],
  ];
  for (const [title, chosen, state, now, due, allowed] of ROWS)
    it(`of one that ${title} is next due at ${due ?? 'no time'}, and may start from ${allowed ?? 'no time'} on`, () => {
      const own = pace(60, 0, { ...SCHEDULE, ...chosen });
      const times = [nextDue(own, state, at(now)), allowedFrom(own, state, at(now))];
      expect(times.map((time) => time && new Date(time).toISOString())).to.deep.equal([due, allowed]);
    });

  it('never moves a time behind quiet hours into the next ones', () => {
    const own = pace(60, 10 * MINUTE_MS, { ...SCHEDULE, quietHours: NEARLY_ALWAYS });
    expect(nextDue(own, WELL, at(NOON))).to.equal(at('2026-11-24T06:00:00.000Z'));
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

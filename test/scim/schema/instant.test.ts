import { expect } from 'chai';
import { readInstant } from '../../../scim/schema/instant.ts';

describe('readInstant', () => {
  for (const [text, expected] of [
    ['2026-10-01T12:00:00Z', '2026-10-01T12:00:00.000Z'],
    ['2026-10-01t12:00:00.5z', '2026-10-01T12:00:00.500Z'],
    ['2026-10-01T12:00Z', '2026-10-01T12:00:00.000Z'],
    ['2026-10-01T12:00:00', '2026-10-01T12:00:00.000Z'],
    ['2026-10-01', '2026-10-01T00:00:00.000Z'],
    ['2015-10-10T14:38:21.861-07:00', '2015-10-10T21:38:21.861Z'],
    ['2026-10-01T00:30:00+0130', '2026-09-30T23:00:00.000Z'],
    ['0001-01-03T00:00:00.0000000Z', '0001-01-03T00:00:00.000Z'],
    ['2024-02-29T23:59:60Z', '2024-03-01T00:00:00.000Z'],
    ['2026-12-31T24:00:00Z', '2027-01-01T00:00:00.000Z'],
  ] as const)
    it(`reads ${text}`, () => expect(new Date(readInstant(text) ?? Number.NaN).toISOString()).to.equal(expected));

  for (const text of [
    '',
    'now',
    '2026',
    '2026-13-01',
    '2026-02-30',
    '2025-02-29',
    '2026-10-01T25:00:00Z',
    '2026-10-01T12:60:00Z',
  ])
    it(`refuses ${JSON.stringify(text)}`, () => expect(readInstant(text)).to.equal(undefined));

  it('refuses what only looks like a date at the start, and long texts, in no time', () => {
    for (const text of ['2026-10-01T12:00:00ZZ', '2026-10-01 12:00:00', `2026-10-01T12:00:00.${'1'.repeat(100_000)}Z`])
      expect(readInstant(text)).to.equal(undefined);
  });

  it('never rounds finer units away to a whole millisecond', () => {
    const whole = readInstant('2026-10-01T12:00:00.000Z') ?? 0;
    for (const decimals of ['0000001', '000000001', '0009999999'.slice(0, 9)]) {
      const finer = readInstant(`2026-10-01T12:00:00.${decimals}Z`) ?? 0;
      expect(finer, decimals).to.be.greaterThan(whole);
      expect(finer, decimals).to.be.below(whole + 1);
    }
  });
});

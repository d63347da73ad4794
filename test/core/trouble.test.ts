import { expect } from 'chai';
import type { SyncTrouble } from '../../src/core/sync-state.ts';
import { isQuarantined, troubleAfter } from '../../src/core/trouble.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** Fails again and again, each time when the next attempt is due, and tells the waits in hours. */
function waits(cause: SyncTrouble['cause'], times: number): readonly (number | null)[] {
  let trouble: SyncTrouble | null = null;
  let now = START;
  return Array.from({ length: times }, () => {
    trouble = troubleAfter(trouble, { cause, message: 'no' }, now);
    const next = trouble.nextAttemptAt === null ? null : Date.parse(trouble.nextAttemptAt);
    const wait = next === null ? null : (next - now) / HOUR_MS;
    now = next ?? now;
    return wait;
  });
}

describe('R24 the quarantine of a sync', () => {
  it('waits 1, 2, 4 … 24 hours, and at most 24', () =>
    expect(waits('config', 8)).to.deep.equal([1, 2, 4, 8, 16, 24, 24, 24]));

  it('begins with the third failure in a row where trouble usually passes', () => {
    expect(waits('retry', 6)).to.deep.equal([0, 0, 1, 2, 4, 8]);
    const first = troubleAfter(null, { cause: 'retry', message: 'no' }, START);
    const second = troubleAfter(first, { cause: 'retry', message: 'no' }, START);
    const third = troubleAfter(second, { cause: 'retry', message: 'no' }, START);
    expect([first, second, third].map(isQuarantined)).to.deep.equal([false, false, true]);
    expect(isQuarantined(null)).to.equal(false);
  });

  it('is off after 28 days, and not an hour before', () => {
    const trouble = troubleAfter(null, { cause: 'config', message: 'no' }, START);
    const day = 24 * HOUR_MS;
    expect(troubleAfter(trouble, trouble, START + 28 * day - HOUR_MS).nextAttemptAt).not.to.equal(null);
    expect(troubleAfter(trouble, trouble, START + 28 * day).nextAttemptAt).to.equal(null);
    const all = waits('config', 40);
    expect(all.indexOf(null)).to.be.greaterThan(28).and.lessThan(35);
  });

  it('says since when, and what was said last', () => {
    const first = troubleAfter(null, { cause: 'config', message: 'first' }, START);
    const second = troubleAfter(first, { cause: 'retry', message: 'second' }, START + HOUR_MS);
    expect(second).to.include({ since: first.since, message: 'second', cause: 'retry', failures: 2 });
  });
});

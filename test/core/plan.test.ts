import { expect } from 'chai';
import { planFor } from '../../src/core/plan.ts';
import type { HeldPlan } from '../../src/core/sync-state.ts';

const NOW = Date.parse('2026-01-01T00:00:00.000Z');
const DAY_MS = 86_400_000;
const proposal = { digest: 'a', total: 7, runId: 'run-2', isAsked: false };
const former: HeldPlan = { ...planFor(null, { ...proposal, runId: 'run-1' }, NOW) };

describe('The number of a plan', () => {
  it('begins with 1, for 24 hours', () =>
    expect(former).to.deep.include({ number: 1, state: 'waiting', expiresAt: new Date(NOW + DAY_MS).toISOString() }));

  const CASES: readonly (readonly [string, Partial<HeldPlan>, Partial<typeof proposal>, number, number])[] = [
    ['the same while it waits keeps it', {}, {}, 1, DAY_MS - 1],
    ['the same once it has expired', {}, {}, 2, DAY_MS],
    ['another one', {}, { digest: 'b' }, 2, 0],
    ['the same after it was rejected keeps it', { state: 'rejected' }, {}, 1, 9 * DAY_MS],
    ['the same after it was rejected, asked for', { state: 'rejected' }, { isAsked: true }, 2, 0],
    ['the same after it was applied', { state: 'applied' }, {}, 2, 0],
    ['the same after it was void', { state: 'void' }, {}, 2, 0],
    ['the same after an approval that came too late', { state: 'approved' }, {}, 2, DAY_MS],
  ];
  for (const [title, facts, given, number, later] of CASES)
    it(`${title} → ${number}`, () => {
      const plan = planFor({ ...former, ...facts }, { ...proposal, ...given }, NOW + later);
      expect(plan).to.include({ number, runId: 'run-2' });
      if (number === 1) expect(plan.expiresAt).to.equal(former.expiresAt);
      else expect(plan).to.include({ state: 'waiting', decidedAt: null });
    });
});

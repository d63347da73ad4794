import { expect } from 'chai';
import type { RunReason } from '../../src/core/run.ts';
import { withReasons } from '../../src/services/run-progress.ts';
import { aRun } from '../fixtures/runs.ts';

const about = (count: number): RunReason[] =>
  Array.from({ length: count }, (_, index) => ({
    externalId: `person-${index}`,
    userId: null,
    code: 'inactive',
    message: 'not added',
  }));
const verdict: RunReason = { externalId: null, userId: null, code: 'too_many_removals', message: '28 of 57' };

describe('the reasons of a run', () => {
  it('keeps why a run was held or failed, however many people are named before it', () => {
    const crowded = withReasons(aRun(), about(1_000));
    expect(crowded).to.deep.include({ reasons: about(1_000), reasonsDropped: 0 });
    const held = withReasons(crowded, [verdict]);
    expect(held.reasons).to.have.length(1_000);
    expect(held.reasons[0]).to.equal(verdict);
    expect(held.reasonsDropped).to.equal(1);
  });

  it('counts the people beyond those kept', () => {
    const run = withReasons(withReasons(aRun(), about(999)), about(3));
    expect([run.reasons.length, run.reasonsDropped]).to.deep.equal([1_000, 2]);
  });
});

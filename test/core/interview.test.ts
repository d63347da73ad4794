import { expect } from 'chai';
import { isAhead, replacementReason } from '../../src/core/interview.ts';

describe('interviews to reschedule', () => {
  const NOW = '2026-06-01T00:00:00.000Z';
  const LATER = '2026-06-01T00:00:00.001Z';
  const employee = { id: 'ada', kind: 'employee' } as const;

  for (const status of ['unprovisioned', 'deactivated', 'terminated'] as const)
    it(`an interviewer who is ${status} has to be replaced`, () =>
      expect(replacementReason(employee, { status, kind: 'employee' })).to.equal('not_active'));

  it('an active interviewer stays', () =>
    expect(replacementReason(employee, { status: 'active', kind: 'employee' })).to.equal(null));

  it('whoever changed between agency and employee since they were booked has to be replaced, both ways', () => {
    expect(replacementReason(employee, { status: 'active', kind: 'agency' })).to.equal('kind_changed');
    const agency = { id: 'ada', kind: 'agency' } as const;
    expect(replacementReason(agency, { status: 'active', kind: 'employee' })).to.equal('kind_changed');
    expect(replacementReason(agency, { status: 'active', kind: 'agency' })).to.equal(null);
  });

  it('only what is booked and has not begun is ahead', () => {
    expect(isAhead({ status: 'booked', startsAt: LATER }, NOW)).to.equal(true);
    expect(isAhead({ status: 'booked', startsAt: NOW }, NOW)).to.equal(false);
    for (const status of ['completed', 'cancelled'] as const)
      expect(isAhead({ status, startsAt: LATER }, NOW)).to.equal(false);
  });
});

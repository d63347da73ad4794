import { expect } from 'chai';
import type { InterviewStore } from '../../src/ports/interview-store.ts';
import { anInterview } from '../fixtures/interviews.ts';
import { ORGANIZATION } from '../fixtures/users.ts';

const AHEAD = { organizationId: ORGANIZATION, aheadOf: '2026-06-01T00:00:00.000Z' };

/** Interviews that nobody doubts, as those are which an earlier version has kept; `migrate` is what the present one does to them. */
export async function expectBookedInDoubt(interviews: InterviewStore, migrate: () => Promise<void>): Promise<void> {
  const reported = [anInterview({ id: 'booked' }), anInterview({ id: 'off', status: 'cancelled' })];
  await interviews.trust(await Promise.all(reported.map((interview) => interviews.save(interview, 0))));
  expect((await interviews.doubted(AHEAD, null, 10)).items).to.deep.equal([]);
  await migrate();
  const { items } = await interviews.doubted(AHEAD, null, 10);
  expect(items.map(({ interview }) => interview.id)).to.deep.equal(['booked']);
  await interviews.trust(items);
  expect((await interviews.doubted(AHEAD, null, 10)).items).to.deep.equal([]);
}

import { stale } from '../../src/core/errors.ts';
import { type Interview, isAhead, placeOf } from '../../src/core/interview.ts';
import type { InterviewQuery, InterviewStore } from '../../src/ports/interview-store.ts';
import { pageOfInterviews, startOf } from '../../src/store/interview-places.ts';

/** Interviews in memory. */
export function createMemoryInterviews(): InterviewStore {
  const rows = new Map<string, Interview>();
  const doubts = new Map<string, string>();
  let doubtCount = 0;
  const keyOf = (organization: string, id: string): string => `${organization}/${id}`;
  const doubtOf = ({ organizationId, id }: Interview) => doubts.get(keyOf(organizationId, id));
  const meant = ({ organizationId, interviewer, aheadOf }: InterviewQuery) =>
    [...rows.values()]
      .filter((row) => row.organizationId === organizationId)
      .filter(({ interviewers }) => interviewer === undefined || interviewers.some(({ id }) => id === interviewer))
      .filter((row) => aheadOf === undefined || isAhead(row, aheadOf))
      .toSorted((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1));
  return {
    get: async (organization, id) => rows.get(keyOf(organization, id)) ?? null,
    async save(interview, former) {
      const key = keyOf(interview.organizationId, interview.id);
      if ((rows.get(key)?.version ?? 0) !== former) throw stale('this interview');
      rows.set(key, interview);
      const doubt = String(++doubtCount);
      doubts.set(key, doubt);
      return { interview, doubt };
    },
    async list(query, cursor, limit) {
      const start = startOf(query, cursor);
      return pageOfInterviews(
        meant(query).filter((row) => placeOf(row) > start),
        limit,
      );
    },
    async doubt(organizationId, interviewer, aheadOf) {
      for (const { id } of meant({ organizationId, interviewer, aheadOf }))
        doubts.set(keyOf(organizationId, id), String(++doubtCount));
    },
    async trust(doubted) {
      for (const { interview, doubt } of doubted) {
        const key = keyOf(interview.organizationId, interview.id);
        if (doubts.get(key) === doubt) doubts.delete(key);
      }
    },
    async doubted(query, cursor, limit) {
      const start = startOf(query, cursor);
      const open = meant(query).filter((row) => placeOf(row) > start && doubtOf(row) !== undefined);
      const { items, next } = pageOfInterviews(open, limit);
      return { items: items.map((interview) => ({ interview, doubt: doubtOf(interview) ?? '' })), next };
    },
    countDoubted: async (query, most) =>
      Math.min(meant(query).filter((row) => doubtOf(row) !== undefined).length, most),
    async countEach(organizationId, interviewers, aheadOf) {
      const of = (interviewer: string) => meant({ organizationId, interviewer, aheadOf }).length;
      return new Map(interviewers.map((id) => [id, of(id)]));
    },
    untold: async (limit) =>
      [...rows.values()]
        .filter(({ untold }) => untold !== undefined)
        .toSorted((left, right) =>
          keyOf(left.organizationId, left.id) < keyOf(right.organizationId, right.id) ? -1 : 1,
        )
        .slice(0, limit),
    count: async (query, most) => Math.min(meant(query).length, most),
  };
}

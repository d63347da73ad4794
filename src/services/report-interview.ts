import { AppError } from '../core/errors.ts';
import { type Interview, sameInterview } from '../core/interview.ts';
import type { Organization } from '../core/organization.ts';
import { timestamp } from '../ports/clock.ts';
import type { Stores } from '../ports/stores.ts';
import type { Dependencies } from './dependencies.ts';
import { reviewInterview } from './doubt-interviews.ts';
import { newInterviewers } from './interview-people.ts';
import { orLost, untilWon } from './lost-races.ts';
import { readOrganization } from './organizations.ts';

export type InterviewDependencies = Pick<Dependencies, 'clock'> & {
  readonly stores: Pick<Stores, 'organizations' | 'users' | 'interviews'>;
};

/** An interview as the host tells of it; interviewers by their ids here. */
export interface InterviewReport extends Pick<Interview, 'id' | 'startsAt' | 'endsAt' | 'status' | 'version'> {
  readonly interviewers: readonly string[];
}

/** Whose interview it is, and the version the caller read; null when they do not care. */
export interface InterviewTarget {
  readonly organizationId: string;
  readonly id: string;
  readonly ifMatch: number | null;
}

/**
 * Takes down what the host says of an interview; told the same again, writes nothing.
 *
 * Throws `stale` (details.version) unless the version is a newer one than the stored, `not_active` for somebody who is not active and
 * was not in the interview before, `invalid` for somebody unknown, `precondition_failed`.
 */
export async function reportInterview(
  deps: InterviewDependencies,
  { organizationId, ifMatch }: Omit<InterviewTarget, 'id'>,
  report: InterviewReport,
): Promise<Interview> {
  return changeInterview(deps, { organizationId, id: report.id, ifMatch }, async (stored, organization) => {
    const { interviewers: ids, ...facts } = report;
    if (stored && stored.version >= report.version) {
      const asked = { ...facts, interviewers: ids.map((id) => ({ id, kind: 'employee' as const })) };
      if (stored.version === report.version && sameInterview(stored, asked)) return stored;
      throw staleVersion(stored);
    }
    const former = new Map(stored?.interviewers.map((one) => [one.id, one]));
    const paths = ids.map((id, index) => ({ id, path: `interviewers.${index}` }));
    const added = await newInterviewers(
      deps,
      organization,
      paths.filter(({ id }) => !former.has(id)),
    );
    const all = new Map([...former, ...added.map((one) => [one.id, one] as const)]);
    return { ...facts, interviewers: ids.flatMap((id) => all.get(id) ?? []) };
  });
}

export type InterviewDraft = Omit<Interview, 'organizationId' | 'createdAt' | 'updatedAt'>;

/** Changes an interview by compare-and-swap: a lost race starts over on what the rival left. Drafted as stored, nothing is written. */
export async function changeInterview(
  deps: InterviewDependencies,
  { organizationId, id, ifMatch }: InterviewTarget,
  draft: (stored: Interview | null, organization: Organization) => Promise<InterviewDraft>,
): Promise<Interview> {
  return untilWon<Interview>(undefined, async () => {
    const organization = await readOrganization(deps, organizationId);
    const stored = await deps.stores.interviews.get(organizationId, id);
    if (ifMatch !== null && ifMatch !== stored?.version)
      throw new AppError('precondition_failed', 'the interview was changed since you read it');
    const drafted = await draft(stored, organization);
    if (stored && drafted === stored) return stored;
    const updatedAt = timestamp(deps.clock);
    const untold = stored?.untold ? { untold: stored.untold } : {};
    const interview = { ...untold, organizationId, ...drafted, createdAt: stored?.createdAt ?? updatedAt, updatedAt };
    return orLost(`${organizationId}/${id}`, async () => {
      await reviewInterview(deps, organization, await deps.stores.interviews.save(interview, stored?.version ?? 0));
      return interview;
    });
  });
}

function staleVersion({ version }: Interview): AppError {
  return new AppError('stale', `version ${version} of this interview is known; only a later one changes it`, {
    version,
  });
}

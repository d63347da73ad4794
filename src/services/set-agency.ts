import { EMAIL, ENABLED } from '../core/assertions.ts';
import { SOURCE_TITLES } from '../core/change-summary.ts';
import { AppError } from '../core/errors.ts';
import { liveRank, liveSources, type Organization } from '../core/organization.ts';
import { type SourceRecord, type Status, type User, withRecord } from '../core/user.ts';
import { type AdminTarget, changeByAdmin, manualRecord, refuseUnderScim } from './admin-change.ts';
import { joinAgency, openAgency } from './agency-membership.ts';
import { deactivateIfArchived } from './change-status.ts';
import type { WriteDependencies } from './dependencies.ts';
import { type LifecyclePreview, previewLifecycle } from './preview-lifecycle.ts';
import { formerIdsOf } from './put-assertion.ts';
import type { Draft } from './record-change.ts';
import type { InterviewDependencies } from './report-interview.ts';

type MoveDependencies = WriteDependencies & InterviewDependencies;

/**
 * Makes somebody a user of an agency, or, with null, an employee. Id and address stay; pools are left, the level is limited and
 * roles of their own become dormant, either way. Asked again it writes nothing.
 *
 * Throws `invalid` for an agency there is not, `agency_archived`, `last_admin`, and `overridden` for an employee whom a live source
 * speaks about and for an agency user while SCIM is on.
 */
export async function setAgency(deps: MoveDependencies, target: AdminTarget, agencyId: string | null): Promise<User> {
  const draft = draftFor(deps, agencyId);
  // Refused moves must not mark an agency as used.
  await previewLifecycle(deps, target, draft);
  if (agencyId !== null) await joinAgency(deps, target.organizationId, agencyId);
  return deactivateIfArchived(deps, target, await changeByAdmin(deps, target, draft));
}

/** Tells what that would do, without writing; refused in the same way. */
export async function previewAgency(
  deps: MoveDependencies,
  target: AdminTarget,
  agencyId: string | null,
): Promise<LifecyclePreview> {
  const preview = await previewLifecycle(deps, target, draftFor(deps, agencyId));
  if (agencyId !== null) await openAgency(deps, target.organizationId, agencyId);
  return preview;
}

function draftFor({ identifiers }: WriteDependencies, agencyId: string | null) {
  const scimId = identifiers.next();
  return (user: User, organization: Organization): Draft | null => {
    if ((user.agencyId ?? null) === agencyId && user.kind === kindWith(agencyId)) return null;
    return agencyId === null ? asEmployee(user, organization, scimId) : asAgencyUser(user, organization, agencyId);
  };
}

const kindWith = (agencyId: string | null): User['kind'] => (agencyId === null ? 'employee' : 'agency');

function asEmployee({ agencyId: _left, ...user }: User, organization: Organization, scimId: string): Draft {
  const employee: User = { ...user, kind: 'employee', scim: { ...user.scim, id: scimId } };
  refuseUnderScim(employee, organization, 'making somebody an employee by hand');
  return { user: employee };
}

function asAgencyUser(user: User, organization: Organization, agencyId: string): Draft {
  if (user.kind === 'agency') return { user: { ...user, agencyId } };
  refuseLiveRecords(user, organization);
  const scim = { id: null, connectionId: null, formerIds: formerIdsOf(user) };
  const moved: User = { ...user, kind: 'agency', agencyId, heldEmail: null, scim };
  const names = [...Object.keys(user.attributes), EMAIL, ENABLED];
  return { user: withRecord(moved, { ...manualRecord(user), ...wordFor(user) }), restated: names };
}

const ENABLED_AS: Readonly<Record<Status, boolean | null>> = {
  unprovisioned: null,
  active: true,
  deactivated: false,
  terminated: false,
};

/** What is true of the person, as an admin's word: from now on nobody else's counts. */
function wordFor({ attributes, email, status }: User) {
  return { attributes, email, enabled: ENABLED_AS[status], terminated: status === 'terminated' };
}

/** Whether the source has let them go for good: SCIM deleted them, or the directory has them no more. */
const isGone = ({ scim }: User, { source, directory }: SourceRecord): boolean =>
  source === 'scim' ? scim.id === null : directory?.present === false;

function refuseLiveRecords(user: User, { settings }: Organization): void {
  const live = liveSources(settings);
  const speaking = user.records.filter((record) => !isGone(user, record) && liveRank(live, settings, record) >= 0);
  for (const source of live)
    if (speaking.some((record) => record.source === source))
      throw new AppError(
        'overridden',
        `${SOURCE_TITLES[source]} speaks about this user, so they cannot become an agency user; take them out there first`,
        { source, attributes: ['kind'] },
      );
}

import { ENABLED } from '../core/assertions.ts';
import { AppError, notFound } from '../core/errors.ts';
import type { Organization } from '../core/organization.ts';
import { type User, withRecord } from '../core/user.ts';
import { type AdminTarget, changeByAdmin, manualRecord, refuseOverridden, refuseUnderScim } from './admin-change.ts';
import { isInArchivedAgency } from './agency-membership.ts';
import type { WriteDependencies } from './dependencies.ts';
import { type LifecyclePreview, previewLifecycle } from './preview-lifecycle.ts';
import type { Draft } from './record-change.ts';
import type { InterviewDependencies } from './report-interview.ts';

export type LifecycleAction = 'activate' | 'deactivate' | 'terminate';

/**
 * What each action puts on a person; null where there is nothing to do. Throw `overridden` while SCIM is on (activate), or when a
 * live source says otherwise.
 */
export const LIFECYCLE: Readonly<Record<LifecycleAction, (user: User, organization: Organization) => Draft | null>> = {
  activate(user, organization) {
    if (user.status === 'active') return null;
    refuseUnderScim(user, organization, 'activating employees by hand');
    refuseOverridden(user, organization, [ENABLED]);
    return { user: withRecord(user, { ...manualRecord(user), enabled: true }), restated: [ENABLED] };
  },
  deactivate(user, organization) {
    if (user.status === 'deactivated' || user.status === 'terminated') return null;
    refuseOverridden(user, organization, [ENABLED]);
    return { user: withRecord(user, { ...manualRecord(user), enabled: false }), restated: [ENABLED] };
  },
  /** Whoever is not active any more may be terminated whoever said so. */
  terminate(user, organization) {
    if (user.status === 'terminated') return null;
    if (user.status === 'active') refuseOverridden(user, organization, [ENABLED]);
    const marked = { ...manualRecord(user), enabled: false, terminated: true };
    return { user: withRecord(user, marked), restated: [ENABLED] };
  },
};

/** Moves a person's status by hand; asked again it writes nothing. Throws what the action throws, `last_admin`, `agency_archived`. */
export async function changeStatus(
  deps: WriteDependencies,
  target: AdminTarget,
  action: LifecycleAction,
): Promise<User> {
  if (action !== 'activate') return changeByAdmin(deps, target, LIFECYCLE[action]);
  await refuseInArchivedAgency(deps, target);
  return deactivateIfArchived(deps, target, await changeByAdmin(deps, target, LIFECYCLE.activate));
}

/** Tells what that would do, without writing; refused in the same way. */
export async function previewStatus(
  deps: WriteDependencies & InterviewDependencies,
  target: AdminTarget,
  action: LifecycleAction,
): Promise<LifecyclePreview> {
  if (action === 'activate') await refuseInArchivedAgency(deps, target);
  return previewLifecycle(deps, target, LIFECYCLE[action]);
}

async function refuseInArchivedAgency(deps: WriteDependencies, { organizationId, userId }: AdminTarget): Promise<void> {
  const user = await deps.stores.users.get(organizationId, userId);
  if (!user) throw notFound('user');
  if (await isInArchivedAgency(deps, user))
    throw new AppError('agency_archived', 'the agency of this user is archived; make them an employee, or move them');
}

/** Whoever came into an agency, or to life in it, while it was being archived goes the way of its other people. */
export async function deactivateIfArchived(deps: WriteDependencies, target: AdminTarget, user: User): Promise<User> {
  if (!(await isInArchivedAgency(deps, user))) return user;
  return changeByAdmin(deps, { ...target, ifMatch: null }, LIFECYCLE.deactivate);
}

const by =
  (action: LifecycleAction) =>
  (deps: WriteDependencies, target: AdminTarget): Promise<User> =>
    changeStatus(deps, target, action);

export const activateUser = by('activate');
export const deactivateUser = by('deactivate');
export const terminateUser = by('terminate');

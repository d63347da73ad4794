import { ENABLED } from '../core/assertions.ts';
import type { Organization } from '../core/organization.ts';
import { type User, withRecord } from '../core/user.ts';
import { type AdminTarget, changeByAdmin, manualRecord, refuseOverridden, refuseUnderScim } from './admin-change.ts';
import type { WriteDependencies } from './dependencies.ts';
import type { Draft } from './record-change.ts';

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

/** Moves a person's status by hand; asked again it writes nothing. Throws what the action throws, and `last_admin`. */
export async function changeStatus(
  deps: WriteDependencies,
  target: AdminTarget,
  action: LifecycleAction,
): Promise<User> {
  return changeByAdmin(deps, target, LIFECYCLE[action]);
}

const by =
  (action: LifecycleAction) =>
  (deps: WriteDependencies, target: AdminTarget): Promise<User> =>
    changeStatus(deps, target, action);

export const activateUser = by('activate');
export const deactivateUser = by('deactivate');
export const terminateUser = by('terminate');

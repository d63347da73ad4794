import { ENABLED } from '../core/assertions.ts';
import { type User, withRecord } from '../core/user.ts';
import { type AdminTarget, changeByAdmin, manualRecord, refuseOverridden, refuseUnderScim } from './admin-change.ts';
import type { WriteDependencies } from './dependencies.ts';

/** Activates a person by hand; throws `overridden` while SCIM is on or a live directory says otherwise. */
export async function activateUser(deps: WriteDependencies, target: AdminTarget): Promise<User> {
  return changeByAdmin(deps, target, (user, organization) => {
    if (user.status === 'active') return null;
    refuseUnderScim(user, organization, 'activating employees by hand');
    refuseOverridden(user, organization, [ENABLED]);
    return { user: withRecord(user, { ...manualRecord(user), enabled: true }), restated: [ENABLED] };
  });
}

/** Deactivates a person by hand; throws `overridden` when a live source says they are enabled, `last_admin`. */
export async function deactivateUser(deps: WriteDependencies, target: AdminTarget): Promise<User> {
  return changeByAdmin(deps, target, (user, organization) => {
    if (user.status === 'deactivated' || user.status === 'terminated') return null;
    refuseOverridden(user, organization, [ENABLED]);
    return { user: withRecord(user, { ...manualRecord(user), enabled: false }), restated: [ENABLED] };
  });
}

/** Terminates a person; whoever is not active any more may be terminated whoever said so. Roles are erased. */
export async function terminateUser(deps: WriteDependencies, target: AdminTarget): Promise<User> {
  return changeByAdmin(deps, target, (user, organization) => {
    if (user.status === 'terminated') return null;
    if (user.status === 'active') refuseOverridden(user, organization, [ENABLED]);
    const marked = { ...manualRecord(user), enabled: false, terminated: true };
    return { user: withRecord(user, marked), restated: [ENABLED] };
  });
}

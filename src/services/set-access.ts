import { AppError } from '../core/errors.ts';
import { applyTransition } from '../core/lifecycle.ts';
import type { Access, Grant, Level, User } from '../core/user.ts';
import { type AdminTarget, changeByAdmin } from './admin-change.ts';
import type { WriteDependencies } from './dependencies.ts';
import { readOrganization } from './organizations.ts';
import { resettle } from './record-change.ts';

export interface AccessEdit {
  readonly level: Level;
  readonly roles?: readonly Grant[] | undefined;
  readonly pools?: readonly string[] | undefined;
}

/**
 * Sets level, roles and pools of an active person. Dormant roles return with any level above `limited`.
 *
 * Throws `not_active`, `roles_need_elevated`, `agency_user` (an agency's recruiter is never admin), `last_admin`.
 */
export async function setAccess(deps: WriteDependencies, target: AdminTarget, edit: AccessEdit): Promise<User> {
  const changed = await changeByAdmin(deps, target, (user) => {
    if (user.status !== 'active') throw new AppError('not_active', 'only active users can be given access');
    if (edit.level === 'admin' && user.kind === 'agency')
      throw new AppError('agency_user', 'an agency user cannot be an organization admin');
    if (edit.level === 'limited' && (edit.roles?.length ?? 0) > 0)
      throw new AppError('roles_need_elevated', 'roles need the level elevated or admin');
    return { user: { ...user, access: editedAccess(user.access, edit) } };
  });
  if (changed.access.level === 'admin') await letOthersGo(deps, changed);
  return changed;
}

/** Whoever stayed only because they were the last admin need not stay any longer. */
async function letOthersGo(deps: WriteDependencies, { organizationId, id }: User): Promise<void> {
  const { admins } = await readOrganization(deps, organizationId);
  for (const other of admins) if (other !== id) await resettle(deps, organizationId, other);
}

function editedAccess(access: Access, { level, roles, pools }: AccessEdit): Access {
  const given = { ...access, level, roles: roles ?? access.roles, pools: pools ?? access.pools };
  if (level === 'limited')
    return roles ? given : { ...given, roles: [], dormantRoles: distinct([...access.dormantRoles, ...access.roles]) };
  const restored = access.level === 'limited' ? applyTransition(given, 'elevated', true).access : given;
  return { ...restored, roles: distinct(restored.roles) };
}

function distinct(grants: readonly Grant[]): readonly Grant[] {
  return [
    ...new Map(grants.map((grant) => [JSON.stringify([grant.role, grant.scope.kind, grant.scope.id]), grant])).values(),
  ];
}

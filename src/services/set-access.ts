import { type AccessEdit, type EditedAccess, editAccess } from '../core/access-edit.ts';
import type { KnownEntries } from '../core/catalog.ts';
import { AppError, notFound } from '../core/errors.ts';
import { withPools } from '../core/pool-membership.ts';
import type { Access, Grant, User } from '../core/user.ts';
import { type AdminTarget, changeByAdmin, checkVersion } from './admin-change.ts';
import type { WriteDependencies } from './dependencies.ts';
import { readKnownEntries } from './known-entries.ts';
import { isAdmin, refuseLastAdmin } from './organization-admins.ts';
import { readOrganization } from './organizations.ts';
import { resettle } from './record-change.ts';

export interface AccessChange extends Pick<EditedAccess, 'restored' | 'skipped'> {
  readonly user: User;
}

export interface AccessPreview extends Pick<EditedAccess, 'restored' | 'skipped'> {
  readonly from: Access;
  readonly to: Access;
}

/** Sets the access of a person; see `changeAccess`. */
export async function setAccess(deps: WriteDependencies, target: AdminTarget, edit: AccessEdit): Promise<User> {
  return (await changeAccess(deps, target, edit)).user;
}

/**
 * Sets level, roles and pools of an active person, and tells which dormant roles came back and which did not.
 *
 * Throws what `editAccess` throws, `own_access` when somebody changes their own, and `last_admin`.
 */
export async function changeAccess(
  deps: WriteDependencies,
  target: AdminTarget,
  edit: AccessEdit,
): Promise<AccessChange> {
  const named = await readNamed(deps, target, edit);
  let told: Pick<EditedAccess, 'restored' | 'skipped'> = { restored: [], skipped: [] };
  const user = await changeByAdmin(deps, target, (before) => {
    const edited = planned(target, before, edit, named);
    told = edited;
    return { user: withAccess(before, edited.access) };
  });
  if (user.access.level === 'admin') await letOthersGo(deps, user);
  return { user, restored: told.restored, skipped: told.skipped };
}

/** Tells what setting the access would do, without writing; refused in the same way. */
export async function previewAccess(
  deps: WriteDependencies,
  target: AdminTarget,
  edit: AccessEdit,
): Promise<AccessPreview> {
  const { organizationId, userId, ifMatch } = target;
  const named = await readNamed(deps, target, edit);
  const organization = await readOrganization(deps, organizationId);
  const user = await deps.stores.users.get(organizationId, userId);
  if (!user) throw notFound('user');
  checkVersion(user, ifMatch);
  const { access: to, restored, skipped } = planned(target, user, edit, named);
  if (isAdmin(user) && to.level !== 'admin') await refuseLastAdmin(deps, organization, user);
  return { from: user.access, to, restored, skipped };
}

function planned({ by }: AdminTarget, user: User, edit: AccessEdit, known: KnownEntries): EditedAccess {
  if (by.onBehalfOf !== undefined && (by.onBehalfOf === user.id || by.onBehalfOf === user.hostId))
    throw new AppError('own_access', 'nobody changes their own access; ask another admin');
  return editAccess(user, edit, known);
}

function withAccess(user: User, access: Access): User {
  const moved = withPools(user, access.pools);
  return { ...moved, access };
}

/** What there is of all that the edit names or the person has dormant. */
async function readNamed(
  deps: WriteDependencies,
  { organizationId, userId }: AdminTarget,
  { roles = [], pools = [] }: AccessEdit,
): Promise<KnownEntries> {
  const user = await deps.stores.users.get(organizationId, userId);
  const dormant: readonly Grant[] = user?.access.dormantRoles ?? [];
  return readKnownEntries(deps, organizationId, [...roles, ...dormant], pools);
}

/** Whoever stayed only because they were the last admin need not stay any longer. */
async function letOthersGo(deps: WriteDependencies, { organizationId, id }: User): Promise<void> {
  const { admins } = await readOrganization(deps, organizationId);
  for (const other of admins) if (other !== id) await resettle(deps, organizationId, other);
}

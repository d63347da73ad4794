import { type AccessEdit, type EditedAccess, editAccess } from '../core/access-edit.ts';
import { inOneName } from '../core/catalog.ts';
import { AppError, notFound } from '../core/errors.ts';
import { type GrantSources, type HeldAccess, heldAccess } from '../core/held-access.ts';
import { byHand, type NamedGrant, refuseMapped } from '../core/mapped-grants.ts';
import { isThemselves, OWN_ACCESS } from '../core/own-access.ts';
import { withPools } from '../core/pool-membership.ts';
import type { Access, User } from '../core/user.ts';
import { type AdminTarget, changeByAdmin, checkVersion } from './admin-change.ts';
import type { WriteDependencies } from './dependencies.ts';
import { grantSources } from './held-access.ts';
import { readKnownEntries } from './known-entries.ts';
import { isAdmin, refuseLastAdmin } from './organization-admins.ts';
import { readOrganization } from './organizations.ts';
import { resettle } from './record-change.ts';

export interface AccessChange extends Pick<EditedAccess, 'restored' | 'skipped'> {
  readonly user: User;
}

export interface AccessPreview extends Pick<EditedAccess, 'restored' | 'skipped'> {
  readonly from: Access & HeldAccess;
  readonly to: Access & HeldAccess;
}

/** What an admin asks for; roles may be named as they were read. */
export interface NamedAccessEdit extends Omit<AccessEdit, 'roles'> {
  readonly roles?: readonly NamedGrant[] | undefined;
}

/** Sets the access of a person; see `changeAccess`. */
export async function setAccess(deps: WriteDependencies, target: AdminTarget, edit: NamedAccessEdit): Promise<User> {
  return (await changeAccess(deps, target, edit)).user;
}

/**
 * Sets level, roles and pools of an active person, and tells which dormant roles came back and which did not.
 *
 * Throws what `editAccess` and `refuseMapped` throw, `own_access` when somebody changes their own, and `last_admin`.
 */
export async function changeAccess(
  deps: WriteDependencies,
  target: AdminTarget,
  edit: NamedAccessEdit,
): Promise<AccessChange> {
  const sources = await readSources(deps, target, edit);
  let told: Pick<EditedAccess, 'restored' | 'skipped'> = { restored: [], skipped: [] };
  const user = await changeByAdmin(deps, target, (before) => {
    const edited = planned(target, before, edit, sources);
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
  edit: NamedAccessEdit,
): Promise<AccessPreview> {
  const { organizationId, userId, ifMatch } = target;
  const sources = await readSources(deps, target, edit);
  const organization = await readOrganization(deps, organizationId);
  const user = await deps.stores.users.get(organizationId, userId);
  if (!user) throw notFound('user');
  checkVersion(user, ifMatch);
  const { access: to, restored, skipped } = planned(target, user, edit, sources);
  if (isAdmin(user) && to.level !== 'admin') await refuseLastAdmin(deps, organization, user);
  const withHeld = (access: Access) => ({ ...access, ...heldAccess({ ...user, access }, sources) });
  return { from: withHeld(user.access), to: withHeld(to), restored, skipped };
}

function planned({ by }: AdminTarget, user: User, edit: NamedAccessEdit, sources: GrantSources): EditedAccess {
  if (isThemselves(by, user)) throw new AppError('own_access', OWN_ACCESS);
  const before = { ...user, access: accessInOneName(user) };
  const roles = edit.roles && inOneName(user.organizationId, edit.roles);
  const given = roles ? byHand(roles, before.access) : { roles };
  const edited = editAccess(before, { ...edit, ...given }, sources.known);
  refuseMapped(before, { ...edit, roles }, sources);
  return edited;
}

function accessInOneName({ organizationId, access }: User): Access {
  const [roles, dormantRoles] = [access.roles, access.dormantRoles].map((grants) => inOneName(organizationId, grants));
  return { ...access, roles: roles ?? [], dormantRoles: dormantRoles ?? [] };
}

function withAccess(user: User, access: Access): User {
  const moved = withPools(user, access.pools);
  return { ...moved, access };
}

/** Where the person's grants come from, and what there is of all that the edit names or anybody gives them. */
async function readSources(
  deps: WriteDependencies,
  { organizationId, userId }: AdminTarget,
  { roles = [], pools = [] }: NamedAccessEdit,
): Promise<GrantSources> {
  const user = await deps.stores.users.get(organizationId, userId);
  if (!user) throw notFound('user');
  const sources = (await grantSources(deps, organizationId, [user], roles))(user);
  const named = await readKnownEntries(deps, organizationId, [], pools);
  return { ...sources, known: { has: (kind, id) => (kind === 'pool' ? named : sources.known).has(kind, id) } };
}

/** Whoever stayed only because they were the last admin need not stay any longer. */
async function letOthersGo(deps: WriteDependencies, { organizationId, id }: User): Promise<void> {
  const { admins } = await readOrganization(deps, organizationId);
  for (const other of admins) if (other !== id) await resettle(deps, organizationId, other);
}

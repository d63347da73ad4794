import { distinctGrants, type KnownEntries, missingOf, sameGrants, withoutGrants } from './catalog.ts';
import { AppError } from './errors.ts';
import { refusePools } from './pool-membership.ts';
import { type CodedMistake, refuseMistakes, unknownGrants } from './unknown-grants.ts';
import type { Access, Grant, Level, User } from './user.ts';

/** What an admin wants a person's access to be; roles and pools left out stay. */
export interface AccessEdit {
  readonly level: Level;
  readonly roles?: readonly Grant[] | undefined;
  /** Where each of the roles stands in the list that was sent; left out: they are the whole of it. */
  readonly places?: readonly number[] | undefined;
  readonly pools?: readonly string[] | undefined;
  /** Whether dormant roles come back; left out: when the level is raised from `limited`. */
  readonly restore?: boolean | undefined;
}

/** Roles somebody can have by hand, dormant ones counted. */
const MOST_GRANTS = 200;

/** A dormant role that does not come back, and why. */
export interface SkippedGrant extends Grant {
  readonly reason: 'role_removed' | 'scope_removed';
}

export interface EditedAccess {
  readonly access: Access;
  readonly restored: readonly Grant[];
  /** They stay dormant. */
  readonly skipped: readonly SkippedGrant[];
}

/**
 * The access after an admin's edit. Above the level `limited` dormant roles come back, except those whose role or scope is gone.
 *
 * Throws `invalid` for more roles than anybody may have, `not_active`, `agency_user` (an agency's recruiter is never admin and in no pool), `roles_need_elevated`, and
 * `unknown_role`, `unknown_scope` or `unknown_pool` with the places of all mistakes; what the person has already may be named again.
 */
export function editAccess(user: User, edit: AccessEdit, known: KnownEntries): EditedAccess {
  refuseEdit(user, edit);
  refuseUnknown(user, edit, known);
  const once = { ...edit, pools: edit.pools && [...new Set(edit.pools)] };
  const edited = edit.level === 'limited' ? lowered(user, once) : raised(user, once, known);
  refuseMore(user.access, edited.access);
  return { ...edited, access: inFormerOrder(user.access, edited.access) };
}

/** The order says nothing: naming the same in another one is no edit. */
function inFormerOrder(before: Access, after: Access): Access {
  const pools = new Set(after.pools);
  const hasSamePools = pools.size === before.pools.length && before.pools.every((pool) => pools.has(pool));
  return {
    ...after,
    roles: sameGrants(before.roles, after.roles) ? before.roles : after.roles,
    dormantRoles: sameGrants(before.dormantRoles, after.dormantRoles) ? before.dormantRoles : after.dormantRoles,
    pools: hasSamePools ? before.pools : after.pools,
  };
}

function lowered({ access }: User, { level, roles, pools }: AccessEdit): EditedAccess {
  const given = { ...access, level, pools: pools ?? access.pools };
  return { access: limited(given, roles), restored: [], skipped: [] };
}

function raised({ access, organizationId }: User, edit: AccessEdit, known: KnownEntries): EditedAccess {
  const given = { ...access, level: edit.level, pools: edit.pools ?? access.pools };
  const roles = distinctGrants(edit.roles ?? access.roles);
  if (!(edit.restore ?? access.level === 'limited')) {
    const dormantRoles = withoutGrants(access.dormantRoles, roles);
    return { access: { ...given, roles, dormantRoles }, restored: [], skipped: [] };
  }
  const missing = access.dormantRoles.map((grant) => ({ grant, reason: missingOf(known, organizationId, grant) }));
  const restored = missing.flatMap(({ grant, reason }) => (reason === null ? [grant] : []));
  const gone = missing.flatMap(({ grant, reason }) => (reason === null ? [] : [{ ...grant, reason }]));
  const skipped = withoutGrants(gone, roles);
  const dormantRoles = skipped.map(({ role, scope }) => ({ role, scope }));
  return { access: { ...given, roles: distinctGrants([...roles, ...restored]), dormantRoles }, restored, skipped };
}

/** Whoever has more already may keep them. */
function refuseMore(before: Access, after: Access): void {
  const [had, has] = [before, after].map(({ roles, dormantRoles }) => roles.length + dormantRoles.length) as [
    number,
    number,
  ];
  if (has > MOST_GRANTS && has > had)
    throw new AppError('invalid', `nobody has more than ${MOST_GRANTS} roles, dormant ones counted`, {
      attribute: 'roles',
    });
}

/** With the level goes the effect of roles; roles named as none are given up. */
function limited(access: Access, named: readonly Grant[] | undefined): Access {
  if (named) return { ...access, roles: [] };
  return { ...access, roles: [], dormantRoles: distinctGrants([...access.dormantRoles, ...access.roles]) };
}

function refuseEdit(user: User, { level, roles = [], pools = [] }: AccessEdit): void {
  if (user.status !== 'active') throw new AppError('not_active', 'only active users can be given access');
  if (level === 'admin' && user.kind === 'agency')
    throw new AppError('agency_user', 'an agency user cannot be an organization admin');
  if (pools.length > 0) refusePools(user);
  if (level === 'limited' && roles.length > 0)
    throw new AppError('roles_need_elevated', 'roles need the level elevated or admin', {
      errors: [{ path: 'level', message: 'must be elevated or admin for roles to be given' }],
    });
}

function refuseUnknown(user: User, { roles = [], places, pools = [] }: AccessEdit, known: KnownEntries): void {
  const { access, organizationId } = user;
  const had = [...access.roles, ...access.dormantRoles];
  const unknownPools = pools.flatMap((pool, index): readonly CodedMistake[] =>
    access.pools.includes(pool) || known.has('pool', pool)
      ? []
      : [{ code: 'unknown_pool', path: `pools.${index}`, message: 'there is no such pool' }],
  );
  refuseMistakes([...unknownGrants(organizationId, roles, had, known, places), ...unknownPools]);
}

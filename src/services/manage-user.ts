import { EMAIL, ENABLED } from '../core/assertions.ts';
import { SOURCE_TITLES } from '../core/change-summary.ts';
import { isAddress } from '../core/email-claim.ts';
import { AppError, isAppError } from '../core/errors.ts';
import { type Json, sameJson } from '../core/json.ts';
import { applyTransition } from '../core/lifecycle.ts';
import type { Organization } from '../core/organization.ts';
import { liveAsserter } from '../core/resolve.ts';
import type { Access, Actor, Attributes, Grant, Level, SourceRecord, User } from '../core/user.ts';
import { recordOf, withRecord } from '../core/user.ts';
import type { WriteDependencies } from './dependencies.ts';
import { type ChangeResult, type Draft, recordChange } from './record-change.ts';

/** Whose word an admin's request is, and about whom. */
export interface AdminTarget {
  readonly organizationId: string;
  readonly userId: string;
  readonly by: Actor;
  /** The version the admin read; null when they do not care. */
  readonly ifMatch: number | null;
}

/** An admin's edit: attributes by canonical name, null = "no value"; `email` amends the address. */
export interface UserEdit {
  readonly attributes: Attributes;
  readonly email?: string | undefined;
}

export interface AccessEdit {
  readonly level: Level;
  readonly roles?: readonly Grant[] | undefined;
  readonly pools?: readonly string[] | undefined;
}

/**
 * Adds a person by hand: unprovisioned until activated. Nobody is mailed.
 *
 * Throws `overridden` for employees while SCIM is on, and `email_taken` with the other user in its details.
 */
export async function createUser(
  deps: WriteDependencies,
  organizationId: string,
  by: Actor,
  edit: UserEdit & { readonly email: string; readonly kind?: User['kind'] | undefined },
): Promise<User> {
  checkAddress(edit.email);
  const result = await recordChange(deps, {
    organizationId,
    by,
    onTaken: 'refuse',
    kind: edit.kind ?? 'employee',
    find: async () => {
      const twin = await deps.stores.users.findByEmail(organizationId, edit.email);
      if (twin) throw takenBy(twin);
      return null;
    },
    draft: (user, organization) => {
      refuseUnderScim(user, organization, 'adding employees by hand');
      return { user: withRecord(user, { ...manualRecord(user), attributes: edit.attributes, email: edit.email }) };
    },
  });
  return result.user;
}

/**
 * Edits attributes or the address by hand.
 *
 * Throws `overridden` when a live source asserts one of them, naming it and them; a value that is the effective one already is no
 * edit. Throws `email_taken` when the address belongs to somebody else.
 */
export async function editUser(deps: WriteDependencies, target: AdminTarget, edit: UserEdit): Promise<User> {
  if (edit.email !== undefined) checkAddress(edit.email);
  return change(deps, target, (user, organization) => {
    const names = editedNames(user, edit);
    if (names.length === 0) return null;
    refuseOverridden(user, organization, names);
    const former = manualRecord(user);
    const attributes = { ...former.attributes };
    for (const name of names) if (name !== EMAIL) attributes[name] = edit.attributes[name] as Json;
    const email = names.includes(EMAIL) && edit.email !== undefined ? { email: edit.email } : {};
    return { user: withRecord(user, { ...former, attributes, ...email }), restated: names };
  });
}

/** Activates a person by hand; throws `overridden` while SCIM is on or a live directory says otherwise. */
export async function activateUser(deps: WriteDependencies, target: AdminTarget): Promise<User> {
  return change(deps, target, (user, organization) => {
    if (user.status === 'active') return null;
    refuseUnderScim(user, organization, 'activating employees by hand');
    refuseOverridden(user, organization, [ENABLED]);
    return { user: withRecord(user, { ...manualRecord(user), enabled: true }), restated: [ENABLED] };
  });
}

/** Deactivates a person by hand; throws `overridden` when a live source says they are enabled, `last_admin`. */
export async function deactivateUser(deps: WriteDependencies, target: AdminTarget): Promise<User> {
  return change(deps, target, (user, organization) => {
    if (user.status === 'deactivated' || user.status === 'terminated') return null;
    refuseOverridden(user, organization, [ENABLED]);
    return { user: withRecord(user, { ...manualRecord(user), enabled: false }), restated: [ENABLED] };
  });
}

/** Terminates a person; whoever is not active any more may be terminated whoever said so. Roles are erased. */
export async function terminateUser(deps: WriteDependencies, target: AdminTarget): Promise<User> {
  return change(deps, target, (user, organization) => {
    if (user.status === 'terminated') return null;
    if (user.status === 'active') refuseOverridden(user, organization, [ENABLED]);
    const marked = { ...manualRecord(user), enabled: false, terminated: true };
    return { user: withRecord(user, marked), restated: [ENABLED] };
  });
}

/**
 * Sets level, roles and pools of an active person. Dormant roles return with any level above `limited`.
 *
 * Throws `not_active`, `roles_need_elevated`, `agency_user` (an agency's recruiter is never admin), `last_admin`.
 */
export async function setAccess(deps: WriteDependencies, target: AdminTarget, edit: AccessEdit): Promise<User> {
  return change(deps, target, (user) => {
    if (user.status !== 'active') throw new AppError('not_active', 'only active users can be given access');
    if (edit.level === 'admin' && user.kind === 'agency')
      throw new AppError('agency_user', 'an agency user cannot be an organization admin');
    if (edit.level === 'limited' && (edit.roles?.length ?? 0) > 0)
      throw new AppError('roles_need_elevated', 'roles need the level elevated or admin');
    return { user: { ...user, access: editedAccess(user.access, edit) } };
  });
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

async function change(
  deps: WriteDependencies,
  { organizationId, userId, by, ifMatch }: AdminTarget,
  draft: (user: User, organization: Organization) => Draft | null,
): Promise<User> {
  try {
    const result: ChangeResult = await recordChange(deps, {
      organizationId,
      by,
      onTaken: 'refuse',
      find: async () => {
        const user = await deps.stores.users.get(organizationId, userId);
        if (!user) throw new AppError('not_found', 'no such user');
        return user;
      },
      draft: (user, organization) => {
        if (ifMatch !== null && ifMatch !== user.version)
          throw new AppError('precondition_failed', 'the user was changed since you read it');
        return draft(user, organization);
      },
    });
    return result.user;
  } catch (error) {
    throw await withTwin(deps, organizationId, error);
  }
}

/** Adds the other user to "this email is already used", so that the admin can open them. */
async function withTwin(deps: WriteDependencies, organizationId: string, error: unknown): Promise<unknown> {
  if (!isAppError(error, 'email_taken', 'user_name_taken')) return error;
  const { userId } = error.details;
  const twin = typeof userId === 'string' ? await deps.stores.users.get(organizationId, userId) : null;
  return twin ? takenBy(twin) : error;
}

function takenBy(twin: User): AppError {
  const { id, status, kind, attributes } = twin;
  return new AppError('email_taken', 'this email is already used by another user', {
    user: { id, name: attributes.displayName ?? null, status, kind },
    next: status === 'unprovisioned' ? 'activate' : 'open',
  });
}

/** While SCIM is on it alone brings employees to life; agency people are exempt, it never sees them. */
function refuseUnderScim(user: User, { settings }: Organization, what: string): void {
  if (!settings.scim.enabled || user.kind === 'agency') return;
  throw new AppError(
    'overridden',
    `SCIM manages the users of this organization; ${what} is not possible while it is on`,
    {
      source: 'scim',
      attributes: ['status'],
    },
  );
}

function refuseOverridden(user: User, { settings }: Organization, names: readonly string[]): void {
  for (const source of new Set(names.map((name) => liveAsserter(user.records, settings, name)))) {
    if (source === null) continue;
    const owned = names.filter((name) => liveAsserter(user.records, settings, name) === source);
    const attributes = owned.map((name) => (name === ENABLED ? 'status' : name));
    throw new AppError(
      'overridden',
      `${SOURCE_TITLES[source]} decides ${attributes.join(', ')} of this user; change it there`,
      { source, attributes },
    );
  }
}

/** What an edit would really change: names whose effective value is another. */
function editedNames(user: User, { attributes, email }: UserEdit): readonly string[] {
  const names = Object.keys(attributes).filter((name) => !sameJson(user.attributes[name] ?? null, attributes[name]));
  return email !== undefined && email !== user.email ? [...names, EMAIL] : names;
}

function manualRecord(user: User): SourceRecord {
  return (
    recordOf(user, 'manual') ?? {
      source: 'manual',
      connectionId: null,
      externalId: null,
      attributes: {},
      enabled: null,
      terminated: false,
      linked: false,
      stamps: {},
      at: '',
      by: { kind: 'operator', id: null },
    }
  );
}

function checkAddress(email: string): void {
  if (!isAddress(email)) throw new AppError('invalid', 'email must have exactly one @', { attribute: 'email' });
}

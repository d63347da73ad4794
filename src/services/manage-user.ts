import { EMAIL } from '../core/assertions.ts';
import { isAddress } from '../core/email-claim.ts';
import { AppError } from '../core/errors.ts';
import { isUnassigned, type Json, sameJson } from '../core/json.ts';
import { type Actor, type Attributes, type User, withRecord } from '../core/user.ts';
import {
  type AdminTarget,
  changeByAdmin,
  manualRecord,
  refuseOverridden,
  refuseUnderScim,
  takenBy,
  withTwin,
} from './admin-change.ts';
import { joinAgency, openAgency } from './agency-membership.ts';
import { deactivateIfArchived } from './change-status.ts';
import type { WriteDependencies } from './dependencies.ts';
import { recordChange } from './record-change.ts';

/** An admin's edit: attributes by canonical name, null = "no value"; `email` amends the address. */
export interface UserEdit {
  readonly attributes: Attributes;
  readonly email?: string | undefined;
}

/**
 * Adds a person by hand: unprovisioned until activated. Nobody is mailed.
 *
 * With an agency they are an agency user. Throws `overridden` for employees while SCIM is on, `email_taken` with the other user in its
 * details, `invalid` for an agency there is not, and `agency_archived`.
 */
export async function createUser(
  deps: WriteDependencies,
  organizationId: string,
  by: Actor,
  edit: UserEdit & { readonly email: string; readonly agencyId?: string | undefined },
): Promise<User> {
  checkAddress(edit.email);
  const { agencyId } = edit;
  if (agencyId !== undefined) await openAgency(deps, organizationId, agencyId);
  const adding = recordChange(deps, {
    organizationId,
    by,
    onTaken: 'refuse',
    kind: agencyId === undefined ? 'employee' : 'agency',
    find: async (organization) => {
      const twin = await deps.stores.users.findByEmail(organizationId, edit.email);
      if (twin) throw await takenBy(deps, twin, organization);
      if (agencyId !== undefined) await joinAgency(deps, organizationId, agencyId);
      return null;
    },
    draft: (user, organization) => {
      refuseUnderScim(user, organization, 'adding employees by hand');
      const placed = agencyId === undefined ? user : { ...user, agencyId };
      return { user: withRecord(placed, { ...manualRecord(user), attributes: edit.attributes, email: edit.email }) };
    },
  });
  const result = await adding.catch(async (error: unknown) => {
    throw await withTwin(deps, organizationId, error);
  });
  const { id: userId } = result.user;
  return deactivateIfArchived(deps, { organizationId, userId, by, ifMatch: null }, result.user);
}

/**
 * Edits attributes or the address by hand.
 *
 * Throws `overridden` when a live source asserts one of them, naming it and them; a value that is the effective one already is no
 * edit. Throws `email_taken` when the address belongs to somebody else.
 */
export async function editUser(deps: WriteDependencies, target: AdminTarget, edit: UserEdit): Promise<User> {
  if (edit.email !== undefined) checkAddress(edit.email);
  return changeByAdmin(deps, target, (user, organization) => {
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

/** What an edit would really change: names whose effective value is another. */
function editedNames(user: User, { attributes, email }: UserEdit): readonly string[] {
  const names = Object.keys(attributes).filter((name) => !isEffective(user, name, attributes[name] ?? null));
  return email !== undefined && email !== user.email ? [...names, EMAIL] : names;
}

/** Nothing to clear is as good as cleared. */
function isEffective({ attributes }: User, name: string, value: Json): boolean {
  return sameJson(attributes[name] ?? null, isUnassigned(value) ? null : value);
}

function checkAddress(email: string): void {
  if (!isAddress(email)) throw new AppError('invalid', 'email must have exactly one @', { attribute: 'email' });
}

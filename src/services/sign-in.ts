import { isAppError } from '../core/errors.ts';
import { type DirectoryName, recordOf, type User } from '../core/user.ts';
import type { WriteDependencies } from './dependencies.ts';
import { recordChange } from './record-change.ts';

/** A sign-in the host has authenticated; `subject` is the identity provider's own id of the person. */
export interface SignIn {
  readonly email: string;
  readonly subject?: string | undefined;
  readonly issuer?: string | undefined;
}

export type SignInCode = 'allowed' | 'unknown' | 'scim_held' | 'not_activated' | 'deactivated' | 'terminated';

export interface SignInAnswer {
  readonly allowed: boolean;
  readonly code: SignInCode;
  readonly user: User | null;
}

/** Issuers whose subjects are keys of a directory. */
const DIRECTORY_OF_ISSUER: Readonly<Record<string, DirectoryName>> = {
  'https://accounts.google.com': 'google',
  'accounts.google.com': 'google',
};

/**
 * Says whether somebody may enter now, and why not.
 *
 * A sign-in enables an unprovisioned person whom a live directory reports active, while SCIM is off (design §2.2, rule 5).
 */
export async function signIn(deps: WriteDependencies, organizationId: string, attempt: SignIn): Promise<SignInAnswer> {
  const found = await findPerson(deps, organizationId, attempt);
  if (!found) return { allowed: false, code: 'unknown', user: null };
  const user = await brought(deps, organizationId, found);
  const organization = await deps.stores.organizations.get(organizationId);
  const code = codeOf(user, organization?.settings.scim.enabled ?? false);
  return { allowed: code === 'allowed', code, user };
}

/** The person with the grant a sign-in earns. Whom a source would disable, but who stays as the last admin, may enter. */
async function brought(deps: WriteDependencies, organizationId: string, found: User): Promise<User> {
  try {
    const { user } = await recordChange(deps, {
      organizationId,
      by: { kind: 'sign-in', id: found.id },
      onTaken: 'hold',
      find: () => deps.stores.users.get(organizationId, found.id),
      draft: (person) => ({ user: person, signingIn: person.status === 'unprovisioned' }),
    });
    return user;
  } catch (error) {
    if (!isAppError(error, 'last_admin')) throw error;
    return (await deps.stores.users.get(organizationId, found.id)) ?? found;
  }
}

/** By the directory's own key first; an address finds whoever holds it. */
async function findPerson(deps: WriteDependencies, organizationId: string, attempt: SignIn): Promise<User | null> {
  const { users } = deps.stores;
  const source = attempt.issuer === undefined ? undefined : ownDirectory(attempt.issuer);
  if (source && attempt.subject !== undefined) {
    const [known] = await users.findBySourceKeys(organizationId, source, null, [attempt.subject]);
    if (known) return known;
    const namesake = await users.findByEmail(organizationId, attempt.email);
    return namesake && recordOf(namesake, source) ? null : namesake;
  }
  return users.findByEmail(organizationId, attempt.email);
}

function ownDirectory(issuer: string): DirectoryName | undefined {
  return Object.hasOwn(DIRECTORY_OF_ISSUER, issuer) ? DIRECTORY_OF_ISSUER[issuer] : undefined;
}

function codeOf({ status, records }: User, scimEnabled: boolean): SignInCode {
  if (status === 'active') return 'allowed';
  if (status !== 'unprovisioned') return status;
  return scimEnabled && !records.some(({ source }) => source === 'scim') ? 'scim_held' : 'not_activated';
}

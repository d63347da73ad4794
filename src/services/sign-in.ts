import { isAppError } from '../core/errors.ts';
import { type DirectoryName, recordOf, type User } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';
import type { WriteDependencies } from './dependencies.ts';
import { recordChange } from './record-change.ts';

/**
 * A sign-in the host has authenticated; `subject` is the identity provider's own id of the person: Google's `sub`, Microsoft's `oid`
 * (with `tid` as `tenantId`).
 */
export interface SignIn {
  readonly email: string;
  readonly subject?: string | undefined;
  readonly issuer?: string | undefined;
  readonly tenantId?: string | undefined;
}

export type SignInCode = 'allowed' | 'unknown' | 'scim_held' | 'not_activated' | 'deactivated' | 'terminated';

export interface SignInAnswer {
  readonly allowed: boolean;
  readonly code: SignInCode;
  readonly user: User | null;
}

/** Google signs for its own ids under two names. */
const GOOGLE_ISSUERS: ReadonlySet<string> = new Set(['https://accounts.google.com', 'accounts.google.com']);
/** Microsoft names the tenant in the issuer, by either version of its tokens. */
const MICROSOFT_ISSUER =
  /^https:\/\/(?:login\.microsoftonline\.(?:com|us)|login\.partner\.microsoftonline\.cn|sts\.windows\.net)\/([0-9a-f-]{36})(?:\/v2\.0|\/)?$/i;

type SignInDependencies = WriteDependencies & { readonly stores: Pick<Stores, 'integrations'> };

/**
 * Says whether somebody may enter now, and why not.
 *
 * A sign-in enables an unprovisioned person whom a live directory reports active, while SCIM is off (design §2.2, rule 5).
 */
export async function signIn(deps: SignInDependencies, organizationId: string, attempt: SignIn): Promise<SignInAnswer> {
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
async function findPerson(deps: SignInDependencies, organizationId: string, attempt: SignIn): Promise<User | null> {
  const { users } = deps.stores;
  const source = await directoryOf(deps, organizationId, attempt);
  if (source && attempt.subject !== undefined) {
    const [known] = await users.findBySourceKeys(organizationId, source, null, [attempt.subject]);
    if (known) return known;
    const namesake = await users.findByEmail(organizationId, attempt.email);
    return namesake && recordOf(namesake, source) ? null : namesake;
  }
  return users.findByEmail(organizationId, attempt.email);
}

/** The directory whose keys the subject is one of: an object id counts only in the tenant that is connected. */
async function directoryOf(
  { stores }: SignInDependencies,
  organizationId: string,
  { issuer = '', tenantId }: SignIn,
): Promise<DirectoryName | null> {
  if (GOOGLE_ISSUERS.has(issuer)) return 'google';
  const signedFor = MICROSOFT_ISSUER.exec(issuer)?.[1]?.toLowerCase();
  if (signedFor === undefined || (tenantId !== undefined && tenantId.toLowerCase() !== signedFor)) return null;
  const integration = await stores.integrations.get(organizationId, 'microsoft');
  return integration?.tenant?.toLowerCase() === signedFor ? 'microsoft' : null;
}

function codeOf({ status, records }: User, scimEnabled: boolean): SignInCode {
  if (status === 'active') return 'allowed';
  if (status !== 'unprovisioned') return status;
  return scimEnabled && !records.some(({ source }) => source === 'scim') ? 'scim_held' : 'not_activated';
}

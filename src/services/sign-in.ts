import { isAppError } from '../core/errors.ts';
import { type DirectoryName, recordOf, type User } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';
import { currentUser } from './current-user.ts';
import type { WriteDependencies } from './dependencies.ts';
import { readOrganization } from './organizations.ts';
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

export type SignInCode =
  | 'allowed'
  | 'unknown'
  | 'blocked'
  | 'scim_held'
  | 'not_activated'
  | 'deactivated'
  | 'terminated';

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

/** Whom a sign-in is about, and whether the directory's own key told so. */
interface Found {
  readonly user: User;
  readonly byKey: boolean;
}

/** Whose ids a subject is one of; `foreign`: of a tenant that is not connected, whose word about an address is worth nothing. */
type Namespace = DirectoryName | 'foreign' | null;

/**
 * Says whether somebody may enter now, and why not.
 *
 * A sign-in under the directory's own key enables an unprovisioned person whom a live directory reports active, while SCIM is off
 * (design §2.2, rule 5). An address alone finds somebody, and neither links nor enables them: many issuers let their people
 * choose it. A change of settings counts before it has reached everybody. Throws `not_found` for an organization there is not.
 */
export async function signIn(deps: SignInDependencies, organizationId: string, attempt: SignIn): Promise<SignInAnswer> {
  const found = await findPerson(deps, organizationId, attempt);
  if (!found) return { allowed: false, code: 'unknown', user: null };
  const user = found.byKey ? await brought(deps, organizationId, found.user) : found.user;
  const organization = await readOrganization(deps, organizationId);
  const code = codeOf(currentUser(user, organization), organization.settings.scim.enabled);
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
      draft: (person) => ({ user: person, signingIn: person.status === 'unprovisioned' && !person.block }),
    });
    return user;
  } catch (error) {
    if (!isAppError(error, 'last_admin')) throw error;
    return (await deps.stores.users.get(organizationId, found.id)) ?? found;
  }
}

/**
 * By the directory's own key; else the holder of the address, unless the directory that vouches knows that holder under another key.
 * Somebody of a tenant that is not connected is nobody here, whatever address they carry.
 */
async function findPerson(
  deps: SignInDependencies,
  organizationId: string,
  { subject, ...attempt }: SignIn,
): Promise<Found | null> {
  const { users } = deps.stores;
  const space = await namespaceOf(deps, organizationId, attempt);
  if (space === 'foreign') return null;
  if (space && subject !== undefined) {
    const [user] = await users.findBySourceKeys(organizationId, space, null, [subject]);
    if (user) return { user, byKey: true };
  }
  const user = await users.findByEmail(organizationId, attempt.email);
  const isAnother = user && space && subject !== undefined && recordOf(user, space);
  return user && !isAnother ? { user, byKey: false } : null;
}

/** The directory whose ids the issuer signs for; null for an issuer Rollcall does not know, and a Microsoft nobody has connected. */
async function namespaceOf(
  { stores }: SignInDependencies,
  organizationId: string,
  { issuer = '', tenantId }: Pick<SignIn, 'issuer' | 'tenantId'>,
): Promise<Namespace> {
  if (GOOGLE_ISSUERS.has(issuer)) return 'google';
  const signedFor = MICROSOFT_ISSUER.exec(issuer)?.[1]?.toLowerCase();
  if (signedFor === undefined) return null;
  if (tenantId !== undefined && tenantId.toLowerCase() !== signedFor) return 'foreign';
  const integration = await stores.integrations.get(organizationId, 'microsoft');
  if (!integration) return null;
  return integration.tenant?.toLowerCase() === signedFor ? 'microsoft' : 'foreign';
}

function codeOf({ kind, status, records, block }: User, scimEnabled: boolean): SignInCode {
  if (block) return 'blocked';
  if (status === 'active') return 'allowed';
  if (status !== 'unprovisioned') return status;
  return kind === 'employee' && scimEnabled && !records.some(({ source }) => source === 'scim')
    ? 'scim_held'
    : 'not_activated';
}

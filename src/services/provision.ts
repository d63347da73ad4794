import { AppError } from '../core/errors.ts';
import { fold } from '../core/fold.ts';
import { matchScim, type ScimCandidates, type ScimMatch } from '../core/match-scim.ts';
import { isSwitchedOff, type Organization, type Settings, withoutDeadOwner } from '../core/organization.ts';
import { scimAddress } from '../core/scim-address.ts';
import { scimView } from '../core/scim-view.ts';
import type { User } from '../core/user.ts';
import { holderOf } from './admin-change.ts';
import { accountKey, closeAccount, openAgencyConflict } from './agency-conflicts.ts';
import { openConflict } from './conflicts.ts';
import type { WriteDependencies } from './dependencies.ts';
import { putAssertion } from './put-assertion.ts';
import { type ChangeRequest, recordChange } from './record-change.ts';
import type { ScimAssertion, ScimCaller } from './scim-assertion.ts';
import { claimKey, closeLink, requireConsent } from './scim-link.ts';
import { isDeactivation, noteDeactivation, refuseHalted } from './watch-deactivations.ts';

/** SCIM POST: creates, links or restores a person, or refuses and, where somebody must decide, opens a conflict. */
export async function provision(deps: WriteDependencies, caller: ScimCaller, assertion: ScimAssertion): Promise<User> {
  const last: { match: ScimMatch } = { match: { verdict: 'create' } };
  const result = await recordChange(deps, {
    ...writtenBy(caller),
    find: async (organization) => {
      refuseWhenOff(organization, caller);
      last.match = await matched(deps, caller, assertion, organization);
      if (last.match.verdict === 'create') return null;
      const { user } = last.match;
      await refuseHalted(deps, organization, caller, () => assertion.active === false && scimView(user).active);
      return user;
    },
    draft: (user) => {
      const revived = { ...user, scim: { ...user.scim, id: user.scim.id ?? deps.identifiers.next() } };
      const said = { ...assertion, active: assertion.active ?? true };
      return putAssertion(revived, caller, said, last.match.verdict === 'create');
    },
  });
  const { match } = last;
  if (match.verdict === 'create' || match.verdict === 'link')
    await closeAccount(deps, caller.organizationId, { ...caller, externalId: assertion.externalId ?? null });
  if (match.verdict === 'link') await closeLink(deps, caller, result.user);
  if (match.verdict !== 'create' && match.verdict !== 'refuse' && isDeactivation(caller, match.user, result.user))
    await noteDeactivation(deps, caller, result.user);
  return result.user;
}

/** Whom a POST means; throws the refusal it deserves. */
async function matched(
  deps: WriteDependencies,
  caller: ScimCaller,
  assertion: ScimAssertion,
  { settings }: Organization,
): Promise<Exclude<ScimMatch, { verdict: 'refuse' }>> {
  const candidates = await findCandidates(deps, caller, assertion, settings);
  const match = matchScim(candidates, caller.connectionId, assertion.active);
  if (match.verdict === 'link') await requireConsent(deps, caller, match.user, settings);
  if (match.verdict !== 'refuse') return match;
  if (match.contested) await openClaim(deps, caller, assertion, match.user, match.message);
  throw new AppError(match.code, match.message);
}

/** What every SCIM write has in common. */
export function writtenBy({
  organizationId,
  connectionId,
}: ScimCaller): Pick<ChangeRequest, 'organizationId' | 'by' | 'onTaken'> {
  return { organizationId, by: { kind: 'connection', id: connectionId }, onTaken: 'refuse' };
}

/** While SCIM is off a token may read and nothing else; while its connection is off, not even that. */
export function refuseWhenOff({ settings }: Organization, { connectionId }: Pick<ScimCaller, 'connectionId'>): void {
  if (!settings.scim.enabled) throw new AppError('scim_disabled', 'SCIM is switched off for this organization');
  if (isSwitchedOff(settings, connectionId)) throw new AppError('scim_disabled', CONNECTION_OFF);
}

export const CONNECTION_OFF = 'this SCIM connection is switched off';

async function findCandidates(
  { stores: { users } }: WriteDependencies,
  { organizationId, connectionId }: ScimCaller,
  { attributes, externalId }: ScimAssertion,
  settings: Settings,
): Promise<ScimCandidates> {
  const email = scimAddress(attributes);
  const userName = attributes.userName;
  const [byExternalId, byUserName, byEmail] = await Promise.all([
    externalId ? users.findBySourceKeys(organizationId, 'scim', connectionId, [externalId]) : [],
    typeof userName === 'string' ? users.findByUserName(organizationId, userName) : null,
    email ? users.findByEmail(organizationId, email) : null,
  ]);
  const asNow = (user: User | null) => user && withoutDeadOwner(user, settings);
  return {
    byExternalId: byExternalId.map((user) => withoutDeadOwner(user, settings)),
    byUserName: asNow(byUserName),
    byEmail: asNow(byEmail),
  };
}

/** The provider wants somebody it cannot have; an admin finds that in the conflict list. */
async function openClaim(
  deps: WriteDependencies,
  { organizationId, connectionId }: ScimCaller,
  { attributes, externalId = null }: ScimAssertion,
  user: User,
  message: string,
): Promise<void> {
  const facts = { organizationId, source: 'scim', connectionId, externalId, userId: user.id, message } as const;
  if (user.kind === 'agency') {
    await openAccount(deps, { organizationId, connectionId, externalId }, user, message);
    return;
  }
  const email = scimAddress(attributes) ?? null;
  await openConflict(deps, { ...facts, key: claimKey({ connectionId }, user.id), kind: 'claimed', email });
}

/** What a connection calls an account. */
type ScimAccount = ScimCaller & { readonly externalId: string | null };

async function openAccount(deps: WriteDependencies, account: ScimAccount, user: User, message: string): Promise<void> {
  const about = {
    ...account,
    key: accountKey(account, user.id),
    userId: user.id,
    email: user.email && fold(user.email),
  };
  await openAgencyConflict(deps, { ...about, kind: 'agency_user', source: 'scim', message });
}

/** Opens a conflict when the address that an account was refused is an agency user's. */
export async function openRefusedAccount(deps: WriteDependencies, account: ScimAccount, refusal: AppError) {
  const holder = await holderOf(deps, account.organizationId, refusal);
  if (holder?.kind === 'agency') await openAccount(deps, account, holder, refusal.message);
}

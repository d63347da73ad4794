import type { Conflict } from '../core/conflict.ts';
import { disagreementOf } from '../core/disagreement.ts';
import { sameAddress } from '../core/email-claim.ts';
import { fold } from '../core/fold.ts';
import type { HeldEmail, User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { closeAgencyConflicts } from './agency-conflicts.ts';
import type { WriteDependencies } from './dependencies.ts';
import { readOrganization } from './organizations.ts';

export type ConflictFacts = Pick<Conflict, 'organizationId' | 'key' | 'kind' | 'source' | 'message'> &
  Partial<Pick<Conflict, 'connectionId' | 'externalId' | 'userId' | 'otherUserId' | 'email'>>;

/** Opens a conflict for an admin to look at; saying it again changes nothing. */
export async function openConflict(
  deps: Pick<WriteDependencies, 'clock' | 'identifiers' | 'stores'>,
  facts: ConflictFacts,
): Promise<Conflict> {
  const at = timestamp(deps.clock);
  return deps.stores.conflicts.open({
    connectionId: null,
    externalId: null,
    userId: null,
    otherUserId: null,
    email: null,
    ...facts,
    id: deps.identifiers.next(),
    state: 'open',
    createdAt: at,
    updatedAt: at,
  });
}

/**
 * Keeps the conflict list in step with what a saved person says about their address: a new hold opens a conflict, and one whose
 * cause is gone closes.
 *
 * Looks again afterwards, because somebody else may have saved and done the same meanwhile: whoever acts last acts on the newest
 * word. Tells whether the address waited for has become free, so that waiting for it is over.
 */
export async function settleConflicts(deps: WriteDependencies, before: User, after: User): Promise<boolean> {
  await settleDisagreement(deps, before, after);
  if (hasLeftAgency(before, after)) await closeAgencyConflicts(deps, after);
  let known = before;
  let current = after;
  let hasActed = false;
  while (!sameHold(known.heldEmail, current.heldEmail)) {
    hasActed = true;
    await carryOut(deps, current);
    known = current;
    current = (await deps.stores.users.get(after.organizationId, after.id)) ?? current;
  }
  const { heldEmail, organizationId } = current;
  if (!hasActed || heldEmail?.reason !== 'taken' || heldEmail.wanted === null) return false;
  return (await deps.stores.users.findByEmail(organizationId, heldEmail.wanted)) === null;
}

/** Whether an account that cannot be an agency user's may be theirs now, or is somebody else's. */
const hasLeftAgency = (before: User, after: User): boolean =>
  before.kind === 'agency' && (after.kind !== 'agency' || !sameAddress(before.email, after.email));

/** Opens or closes what two directories disagree about, where a save or the settings have changed that. */
async function settleDisagreement(deps: WriteDependencies, before: User, after: User): Promise<void> {
  if (!speaksTwice(after)) return;
  const { organizationId, id: userId, email } = after;
  const { settings } = await readOrganization(deps, organizationId);
  const message = disagreementOf(after, settings);
  if (message === disagreementOf(before, settings) && before.settingsVersion === after.settingsVersion) return;
  await deps.stores.conflicts.resolveOf(organizationId, userId, ['directories_disagree'], timestamp(deps.clock));
  if (message === null) return;
  const [source = 'google'] = settings.directoryOrder;
  const key = `directories_disagree:${userId}`;
  await openConflict(deps, { organizationId, key, kind: 'directories_disagree', source, userId, email, message });
}

const speaksTwice = ({ records }: User): boolean => records.filter(({ directory }) => directory).length > 1;

/** The same for somebody whom a change of settings leaves as they are: it may have made another directory count. */
export async function lookForDisagreement(deps: WriteDependencies, user: User): Promise<void> {
  if (!speaksTwice(user)) return;
  await settleDisagreement(deps, { ...user, settingsVersion: -1 }, user);
}

/** Opens the conflict of a person whose address is held, should the process that held it have died before. */
export async function ensureHoldConflict(deps: WriteDependencies, user: User): Promise<void> {
  if (!user.heldEmail) return;
  await openConflict(deps, await holdConflict(deps, user, user.heldEmail));
  const current = await deps.stores.users.get(user.organizationId, user.id);
  if (current) await settleConflicts(deps, user, current);
}

async function carryOut(deps: WriteDependencies, user: User): Promise<void> {
  const { organizationId, id: userId, heldEmail } = user;
  await deps.stores.conflicts.resolveOf(organizationId, userId, ['email_taken', 'email_held'], timestamp(deps.clock));
  if (heldEmail) await openConflict(deps, await holdConflict(deps, user, heldEmail));
}

async function holdConflict(deps: WriteDependencies, user: User, held: HeldEmail): Promise<ConflictFacts> {
  const { organizationId, id: userId } = user;
  const email = held.wanted === null ? null : fold(held.wanted);
  const key = `email:${userId}:${email ?? ''}:${held.reason}`;
  const base = { organizationId, key, source: held.source, userId, email };
  if (held.reason !== 'taken') return { ...base, kind: 'email_held', message: HELD_MESSAGE[held.reason] };
  const holder = email === null ? null : await deps.stores.users.findByEmail(organizationId, email);
  return {
    ...base,
    kind: 'email_taken',
    otherUserId: holder?.id ?? null,
    message: 'this email is already used by another user; it moves here as soon as it is free',
  };
}

const HELD_MESSAGE: Readonly<Record<Exclude<HeldEmail['reason'], 'taken'>, string>> = {
  linking: 'the source that was linked to this person gives another address; accept to let it replace the present one',
  foreign_domain:
    "the source wants to change a linked person's address to a domain the organization has not named as its own",
};

function sameHold(left: HeldEmail | null, right: HeldEmail | null): boolean {
  return left?.wanted === right?.wanted && left?.reason === right?.reason && left?.source === right?.source;
}

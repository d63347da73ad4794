import { EMAIL } from '../core/assertions.ts';
import { sameAddress } from '../core/email-claim.ts';
import { isAppError } from '../core/errors.ts';
import type { Effect } from '../core/lifecycle.ts';
import { newUser } from '../core/new-user.ts';
import type { Organization } from '../core/organization.ts';
import { releasedBy } from '../core/released-names.ts';
import { PLAIN_TERMS, type SettleTerms, settle } from '../core/settle.ts';
import type { Actor, User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { Fence } from '../ports/user-store.ts';
import { changeOf } from './change-of.ts';
import { ensureHoldConflict, settleConflicts } from './conflicts.ts';
import type { WriteDependencies } from './dependencies.ts';
import { doubtInterviews } from './doubt-interviews.ts';
import { isNamelessUnowned, withoutScimId } from './lost-owner.ts';
import { untilWon } from './lost-races.ts';
import { isAdmin, leaveAdmins, settleAdmins } from './organization-admins.ts';
import { readOrganization } from './organizations.ts';

/** A change of one person, told so that it can be tried again on newer facts. */
export interface ChangeRequest {
  readonly organizationId: string;
  readonly by: Actor;
  /** The person to change, read anew on every try; null: somebody new. */
  find(organization: Organization): Promise<User | null>;
  /** Puts records or access on the person; null: nothing to do. Throws AppError to refuse. Must be pure. */
  draft(user: User, organization: Organization): Draft | null;
  /** What to do when another person holds the address: refuse the whole change, or keep the address and open a conflict. */
  readonly onTaken: 'refuse' | 'hold';
  readonly kind?: User['kind'];
  readonly fence?: Fence;
  /** Why, in the words of whoever asks; for the history. */
  readonly reason?: string | undefined;
}

export interface Draft
  extends Partial<Pick<SettleTerms, 'linking' | 'confirmed' | 'signingIn' | 'restated' | 'enabledSince' | 'accessOf'>> {
  readonly user: User;
  /** The address is known to be somebody else's by now. */
  readonly lost?: boolean;
}

export interface ChangeResult {
  readonly user: User;
  readonly created: boolean;
  readonly changed: boolean;
  readonly effects: readonly Effect[];
}

/** Clashes of a new person after which the clash itself is the answer: whoever caused it is not going to be found. */
const MOST_CLASHES = 5;

/**
 * The only way a person changes: find them, put what was said, resolve, and save if different, by compare-and-swap.
 *
 * A lost race starts over on the newer person; settings that moved meanwhile are looked at again after the write, and the person
 * is resolved once more. Nothing changed → nothing written. Throws what `draft` throws, `email_taken` and its kin, `last_admin`,
 * `stale` after 200 lost races, `superseded` when the fence is old.
 */
export async function recordChange(
  { inTurn, ...deps }: WriteDependencies,
  request: ChangeRequest,
): Promise<ChangeResult> {
  return untilWon<ChangeResult>(inTurn, async (tries) => {
    const organization = await readOrganization(deps, request.organizationId);
    const found = await request.find(organization);
    try {
      const result = await tryOnce(deps, request, organization, found, false);
      return await recheck(deps, request, organization, result);
    } catch (error) {
      if (!isLostRace(error, found, tries)) throw error;
      return { lostOver: found && `${found.organizationId}/${found.id}` };
    }
  });
}

/** A rival's write between our read and ours: the next try sees it. A new person's clash is one, as their twin may be linked. */
function isLostRace(error: unknown, found: User | null, tries: number): boolean {
  if (isAppError(error, 'stale')) return true;
  const clashed = isAppError(error, 'email_taken', 'user_name_taken', 'source_key_taken');
  return found === null && clashed && tries < MOST_CLASHES;
}

async function tryOnce(
  deps: WriteDependencies,
  request: ChangeRequest,
  organization: Organization,
  found: User | null,
  taken: boolean,
): Promise<ChangeResult> {
  const at = timestamp(deps.clock);
  const before = found ?? blankUser(deps, request, at);
  const draft = request.draft(before, organization);
  if (!draft) return { user: before, created: false, changed: false, effects: [] };
  const { user: drafted, lost = false, ...circumstances } = draft;
  const terms: SettleTerms = { ...PLAIN_TERMS, ...circumstances, taken: taken || lost, at, by: request.by };
  const settled = settle(before, drafted, organization.settings, terms);
  if (!settled.changed) {
    await ensureHoldConflict(deps, before);
    return { user: before, created: false, changed: false, effects: [] };
  }
  try {
    const user = await saveSettled(deps, before, settled.user, settled.effects, request, organization);
    return { user, created: found === null, changed: true, effects: settled.effects };
  } catch (error) {
    if (found && isNamelessUnowned(error, found, settled.user))
      return tryOnce(deps, { ...request, draft: withoutScimId(request.draft) }, organization, found, taken);
    if (taken || !found || !mayHold(error, request, settled.user)) throw error;
    return tryOnce(deps, request, organization, found, true);
  }
}

/** A request is refused for an address only when it is this very request that asks for it. */
function mayHold(error: unknown, { onTaken }: ChangeRequest, { version, email, records }: User): boolean {
  if (!isAppError(error, 'email_taken', 'user_name_taken')) return false;
  const asked = records.some((record) => record.stamps[EMAIL] === version && sameAddress(record.email ?? null, email));
  return onTaken === 'hold' || !asked;
}

async function saveSettled(
  deps: WriteDependencies,
  before: User,
  after: User,
  effects: readonly Effect[],
  { by, fence, reason }: ChangeRequest,
  organization: Organization,
): Promise<User> {
  await leaveAdmins(deps, organization.id, before, after, by);
  const change = changeOf(before, after, effects, organization.settings, { by, reason });
  await doubtInterviews(deps, before, after);
  const saved = await deps.stores.users.save(change, fence).catch(async (error: unknown) => {
    if (isAdmin(before)) await settleAdmins(deps, organization.id, before.id);
    throw error;
  });
  if (change.events.length > 0 || change.history) deps.onEvents();
  if (isAdmin(before) || isAdmin(saved) || organization.admins.includes(saved.id))
    await settleAdmins(deps, organization.id, saved.id);
  return afterSave(deps, before, saved);
}

/** What the save of a person brings with it for others, and for them; answers with them as they are then. */
export async function afterSave(deps: WriteDependencies, before: User, saved: User): Promise<User> {
  await doubtInterviews(deps, before, saved);
  const isFree = await settleConflicts(deps, before, saved);
  const released = before.version === 0 ? [] : releasedBy(before, saved);
  if (released.length > 0) await retryWaiting(deps, saved.organizationId, released);
  return isFree ? (await resettle(deps, saved.organizationId, saved.id)).user : saved;
}

/** Settings that moved while we wrote: the person is resolved again with the new ones before anybody hears "done". */
async function recheck(
  deps: WriteDependencies,
  request: ChangeRequest,
  used: Organization,
  result: ChangeResult,
): Promise<ChangeResult> {
  if (!result.changed || deps.seededBug === 'no_recheck') return result;
  const now = await readOrganization(deps, request.organizationId);
  if (now.settings.version === used.settings.version) return result;
  const { user } = await resettle(deps, request.organizationId, result.user.id);
  return { ...result, user };
}

/**
 * Resolves a stored person again with the settings of now; what a sweep does, and whoever finds settings moved.
 *
 * The last admin stays as they are, and an alert says so: nobody asked for this change, so nobody is refused.
 */
export async function resettle(
  deps: WriteDependencies,
  organizationId: string,
  userId: string,
  circumstances: Partial<Draft> = {},
  by: Actor = { kind: 'settings', id: null },
): Promise<ChangeResult> {
  const find = () => deps.stores.users.get(organizationId, userId);
  const draft = (user: User) => (user.version === 0 ? null : { ...circumstances, user });
  try {
    return await recordChange(deps, { organizationId, by, onTaken: 'hold', find, draft });
  } catch (error) {
    const user = isAppError(error, 'last_admin') ? await find() : null;
    if (user === null) throw error;
    return { user, created: false, changed: false, effects: [] };
  }
}

/** Gives released addresses to the people who wait for them, first come first served. */
export async function retryWaiting(deps: WriteDependencies, organizationId: string, released: readonly string[]) {
  for (const { userId } of await deps.stores.conflicts.waitingFor(organizationId, released))
    if (userId) await resettle(deps, organizationId, userId);
}

function blankUser(deps: WriteDependencies, { organizationId, kind = 'employee' }: ChangeRequest, at: string): User {
  const scimId = kind === 'employee' ? deps.identifiers.next() : null;
  return newUser({ id: deps.identifiers.next(), organizationId, kind, scimId, at });
}

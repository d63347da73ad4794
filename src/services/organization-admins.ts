import { AppError, isAppError } from '../core/errors.ts';
import { nextVersion } from '../core/next-version.ts';
import type { Organization } from '../core/organization.ts';
import type { Actor, User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { WriteDependencies } from './dependencies.ts';
import { readOrganization } from './organizations.ts';

/** An organization admin is an active person with level `admin`. */
export const isAdmin = (user: User): boolean => user.status === 'active' && user.access.level === 'admin';

const MOST_TRIES = 50;

/**
 * Clears the way for the write that ends a person's being an admin, and takes them off the organization's list before it.
 *
 * The last one is refused whole, whoever asks: throws `last_admin` and leaves an alert event.
 */
export async function leaveAdmins(
  deps: WriteDependencies,
  organizationId: string,
  before: User,
  after: User,
  by: Actor,
): Promise<void> {
  if (!isAdmin(before) || isAdmin(after)) return;
  if (!(await pinAnotherAdmin(deps, organizationId, before.id))) {
    await alert(deps, before, after, by);
    throw lastAdmin(before);
  }
  await list(deps, organizationId, before.id, false);
}

/** Throws `last_admin` when nobody else is an admin just now; for previews, which pin nobody. */
export async function refuseLastAdmin(
  { stores }: Pick<WriteDependencies, 'stores'>,
  { id: organizationId, admins }: Organization,
  leaving: User,
): Promise<void> {
  const others = await stores.users.getMany(
    organizationId,
    admins.filter((id) => id !== leaving.id),
  );
  if (!others.some(isAdmin)) throw lastAdmin(leaving);
}

const lastAdmin = ({ id: userId }: User) =>
  new AppError('last_admin', 'this is the last admin of the organization; make somebody else admin first', { userId });

/**
 * Makes sure that somebody else is an admin and stays one for now: raising their version fails every write that would end it and
 * began earlier. So of two admins who leave at once the second one finds that nobody else is left.
 */
async function pinAnotherAdmin(deps: WriteDependencies, organizationId: string, leaving: string): Promise<boolean> {
  const { users } = deps.stores;
  for (const id of (await readOrganization(deps, organizationId)).admins)
    for (let tries = 0; id !== leaving && tries < MOST_TRIES; tries++) {
      const user = await users.get(organizationId, id);
      if (!user || !isAdmin(user)) break;
      try {
        await users.save({ user: nextVersion(user, user, user), events: [] });
        return true;
      } catch (error) {
        if (!isAppError(error, 'stale')) throw error;
      }
    }
  return false;
}

/**
 * Brings the list in step with what a person now is. Looks again afterwards: whoever acts last acts on the newest word.
 */
export async function settleAdmins(deps: WriteDependencies, organizationId: string, userId: string): Promise<void> {
  for (let known: boolean | null = null; ; ) {
    const user = await deps.stores.users.get(organizationId, userId);
    const belongs = user !== null && isAdmin(user);
    if (belongs === known) return;
    await list(deps, organizationId, userId, belongs);
    known = belongs;
  }
}

async function list(deps: WriteDependencies, organizationId: string, id: string, belongs: boolean): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const organization = await readOrganization(deps, organizationId);
    if (organization.admins.includes(id) === belongs) return;
    const others = organization.admins.filter((other) => other !== id);
    const admins = belongs ? [...others, id] : others;
    try {
      return await deps.stores.organizations.save({ ...organization, admins, version: organization.version + 1 });
    } catch (error) {
      if (!isAppError(error, 'stale')) throw error;
    }
  }
  throw new AppError('stale', 'the list of admins is being changed too often just now; try again');
}

/** One alert per refused version of the person and kind of actor, however often the source repeats itself. */
async function alert(deps: WriteDependencies, before: User, after: User, by: Actor): Promise<void> {
  const { id: userId, organizationId } = before;
  await deps.stores.events.add({
    id: `${userId}:alert:${before.version}:${by.kind}`,
    organizationId,
    userId,
    type: 'alert.last_admin',
    at: timestamp(deps.clock),
    by,
    changes: { status: [before.status, after.status] },
    effects: [],
  });
  deps.onEvents();
}

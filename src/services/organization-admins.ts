import { AppError, isAppError } from '../core/errors.ts';
import type { Organization } from '../core/organization.ts';
import type { Actor, User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { WriteDependencies } from './dependencies.ts';

/** An organization admin is an active person with level `admin`. */
export const isAdmin = (user: User): boolean => user.status === 'active' && user.access.level === 'admin';

const MOST_TRIES = 50;

/**
 * Takes a person off the organization's list of admins before the write that ends their being one.
 *
 * The last one is refused whole, whoever asks: throws `last_admin` and leaves an alert event. Tells whether anybody left.
 */
export async function leaveAdmins(
  deps: WriteDependencies,
  organization: Organization,
  before: User,
  after: User,
  by: Actor,
): Promise<boolean> {
  if (isAdmin(after) || !organization.admins.includes(before.id)) return false;
  await changeAdmins(deps, organization.id, (admins) => {
    if (!admins.includes(before.id)) return admins;
    if (admins.length > 1) return admins.filter((id) => id !== before.id);
    throw new AppError('last_admin', 'this is the last admin of the organization; make somebody else admin first', {
      userId: before.id,
    });
  }).catch(async (error: unknown) => {
    if (isAppError(error, 'last_admin')) await alert(deps, before, after, by);
    throw error;
  });
  return true;
}

/** Puts a person who has become an admin on the list. */
export async function joinAdmins(deps: WriteDependencies, organizationId: string, user: User): Promise<void> {
  if (!isAdmin(user)) return;
  await changeAdmins(deps, organizationId, (admins) => (admins.includes(user.id) ? admins : [...admins, user.id]));
}

async function changeAdmins(
  deps: WriteDependencies,
  organizationId: string,
  change: (admins: readonly string[]) => readonly string[],
): Promise<void> {
  const { organizations } = deps.stores;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const organization = await organizations.get(organizationId);
    if (!organization) throw new AppError('not_found', 'no such organization');
    const admins = change(organization.admins);
    if (admins === organization.admins) return;
    try {
      return await organizations.save({ ...organization, admins, version: organization.version + 1 });
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

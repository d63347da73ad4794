import type { User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { type AdminTarget, changeByAdmin } from './admin-change.ts';
import type { WriteDependencies } from './dependencies.ts';

/**
 * Stops a person from signing in, at once and whatever any source says: an admin's emergency stop. Their status, and what SCIM sees
 * of them, stay. Blocked for that reason already: nothing is written.
 */
export async function blockUser(deps: WriteDependencies, target: AdminTarget, reason: string): Promise<User> {
  const at = timestamp(deps.clock);
  return changeByAdmin(deps, { ...target, reason }, (user) => {
    if (user.block?.reason === reason) return null;
    return { user: { ...user, block: { reason, at, by: target.by } } };
  });
}

/** Lifts the block; whoever is not blocked is left as they are. */
export async function unblockUser(deps: WriteDependencies, target: AdminTarget): Promise<User> {
  return changeByAdmin(deps, target, (user) => {
    if (!user.block) return null;
    const { block: _, ...unblocked } = user;
    return { user: unblocked };
  });
}

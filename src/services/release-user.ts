import { AppError } from '../core/errors.ts';
import type { User } from '../core/user.ts';
import { type AdminTarget, changeByAdmin } from './admin-change.ts';
import type { WriteDependencies } from './dependencies.ts';

/**
 * Ends a SCIM connection's ownership of a person (design §2.3): every connection of the organization sees them from then on, and
 * takes them over with its next write. What was said stays. Whoever nobody owns is left as they are.
 */
export async function releaseUser(deps: WriteDependencies, target: AdminTarget): Promise<User> {
  return handOver(deps, target, null);
}

/**
 * Makes a person a connection's own, or nobody's, without a word about them: the new owner sees them as they effectively are until
 * it speaks.
 */
export async function handOver(
  deps: WriteDependencies,
  target: AdminTarget,
  connectionId: string | null,
): Promise<User> {
  return changeByAdmin(deps, target, (user) => {
    if (user.scim.connectionId === connectionId) return null;
    if (connectionId !== null && user.kind === 'agency')
      throw new AppError('agency_user', 'SCIM never sees agency users');
    return { user: { ...user, scim: { ...user.scim, connectionId } } };
  });
}

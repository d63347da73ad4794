import { AppError } from '../core/errors.ts';
import { MOST_POOLS, refusePools, withPools } from '../core/pool-membership.ts';
import type { User } from '../core/user.ts';
import { type AdminTarget, changeByAdmin } from './admin-change.ts';
import { readEntry, removeEntry } from './catalog.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';

/** Puts an active employee into a pool. Throws `not_found`, `not_active`, `agency_user`. */
export async function joinPool(deps: WriteDependencies, target: AdminTarget, pool: string): Promise<User> {
  await readEntry(deps, { organizationId: target.organizationId, kind: 'pool', id: pool });
  return changeByAdmin(deps, target, (user) => {
    if (user.access.pools.includes(pool)) return null;
    refusePools(user);
    if (user.access.pools.length >= MOST_POOLS)
      throw new AppError('invalid', `nobody is in more than ${MOST_POOLS} pools`, { attribute: 'pool' });
    return { user: withPools(user, [...user.access.pools, pool]) };
  });
}

/** Takes a person out of a pool; who is not in it stays as they are. Throws `not_found`. */
export async function leavePool(deps: WriteDependencies, target: AdminTarget, pool: string): Promise<User> {
  return changeByAdmin(deps, target, (user) => {
    const others = user.access.pools.filter((other) => other !== pool);
    return others.length === user.access.pools.length ? null : { user: withPools(user, others) };
  });
}

/** Takes an empty pool away. Throws `not_found`, and `pool_in_use` with the number of its members. */
export async function removePool(deps: Pick<Dependencies, 'stores' | 'clock'>, organizationId: string, id: string) {
  const place = { organizationId, kind: 'pool', id } as const;
  await readEntry(deps, place);
  const members = await deps.stores.users.count(organizationId, { field: 'pools', op: 'eq', value: id });
  if (members > 0)
    throw new AppError('pool_in_use', `this pool has members (${members}); take them out first`, { members });
  await removeEntry(deps, place);
}

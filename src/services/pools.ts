import { isThere } from '../core/catalog.ts';
import { AppError, notFound } from '../core/errors.ts';
import { withoutPools, withPool } from '../core/pool-membership.ts';
import type { Actor, User } from '../core/user.ts';
import { type AdminTarget, changeByAdmin } from './admin-change.ts';
import { putEntry, readEntry, removeEntry } from './catalog.ts';
import type { WriteDependencies } from './dependencies.ts';
import { emptyPool } from './gone-pools.ts';

/** Which pool, and who asks. */
export interface PoolPlace {
  readonly organizationId: string;
  readonly id: string;
  readonly by: Actor;
}

/** Puts an active employee into a pool. Throws `not_found`, `not_active`, `agency_user`. */
export async function joinPool(deps: WriteDependencies, target: AdminTarget, pool: string): Promise<User> {
  await readEntry(deps, { organizationId: target.organizationId, kind: 'pool', id: pool });
  const user = await changeByAdmin(deps, target, (before) =>
    before.access.pools.includes(pool) ? null : { user: withPool(before, pool) },
  );
  if (!user.access.pools.includes(pool)) throw notFound('pool');
  return user;
}

/** Takes a person out of a pool; who is not in it stays as they are. Throws `not_found`. */
export async function leavePool(deps: WriteDependencies, target: AdminTarget, pool: string): Promise<User> {
  return changeByAdmin(deps, target, (user) =>
    user.access.pools.includes(pool) ? { user: withoutPools(user, [pool]) } : null,
  );
}

/** Names a pool, new or known, as `putEntry` does. One that comes back is empty, whoever was lost in the former one. */
export async function putPool(deps: WriteDependencies, place: PoolPlace, name: string, ifMatch: number | null) {
  const { organizationId, id, by } = place;
  const former = await deps.stores.catalog.get(organizationId, 'pool', id);
  if (!isThere(former)) await emptyPool(deps, organizationId, by, id);
  return putEntry(deps, { organizationId, kind: 'pool', id }, name, ifMatch);
}

/**
 * Takes an empty pool away; who joins at that moment is out of it again. Throws `not_found`, and `pool_in_use` with the number of its
 * members.
 */
export async function removePool(deps: WriteDependencies, { organizationId, id, by }: PoolPlace): Promise<void> {
  const place = { organizationId, kind: 'pool', id } as const;
  await readEntry(deps, place);
  const members = await deps.stores.users.count(organizationId, { field: 'pools', op: 'eq', value: id });
  if (members > 0)
    throw new AppError('pool_in_use', `this pool has members (${members}); take them out first`, { members });
  await removeEntry(deps, place);
  await emptyPool(deps, organizationId, by, id);
}

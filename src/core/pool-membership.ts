import { AppError } from './errors.ts';
import type { User } from './user.ts';

/** How many pools one person is in at most. */
export const MOST_POOLS = 200;

/** Why somebody cannot be in a pool; null when they can. Interviewer pools are for active employees. */
export function poolRefusal({ status, kind }: Pick<User, 'status' | 'kind'>): AppError | null {
  if (kind === 'agency') return new AppError('agency_user', 'an agency user cannot be in an interviewer pool');
  return status === 'active' ? null : new AppError('not_active', 'only active users can be in an interviewer pool');
}

/** Throws `not_active` or `agency_user`. */
export function refusePools(user: Pick<User, 'status' | 'kind'>): void {
  const refusal = poolRefusal(user);
  if (refusal) throw refusal;
}

/** The person in one pool more. Throws `not_active`, `agency_user`, and `invalid` for one too many. */
export function withPool(user: User, pool: string): User {
  refusePools(user);
  if (user.access.pools.length >= MOST_POOLS)
    throw new AppError('invalid', `nobody is in more than ${MOST_POOLS} pools`, { attribute: 'pool' });
  return withPools(user, [...user.access.pools, pool]);
}

/** The person in none of these pools. The very same object when they are in none. */
export function withoutPools(user: User, pools: readonly string[]): User {
  return withPools(
    user,
    user.access.pools.filter((pool) => !pools.includes(pool)),
  );
}

/** The person in exactly these pools; one they rejoin is no former one any more. The very same object when they are in them. */
export function withPools(user: User, pools: readonly string[]): User {
  const { formerPools, ...rest } = user;
  const { pools: now } = user.access;
  if (pools.length === now.length && pools.every((pool) => now.includes(pool))) return user;
  const left = formerPools?.filter((pool) => !pools.includes(pool)) ?? [];
  const isSame = left.length === formerPools?.length;
  const former = isSame ? { formerPools } : left.length > 0 ? { formerPools: left } : {};
  return { ...rest, ...former, access: { ...user.access, pools } };
}

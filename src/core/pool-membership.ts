import { AppError } from './errors.ts';
import type { User } from './user.ts';

/** Throws `not_active` or `agency_user`: interviewer pools are for active employees. */
export function refusePools({ status, kind }: Pick<User, 'status' | 'kind'>): void {
  if (kind === 'agency') throw new AppError('agency_user', 'an agency user cannot be in an interviewer pool');
  if (status !== 'active') throw new AppError('not_active', 'only active users can be in an interviewer pool');
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

import { withoutPools } from '../core/pool-membership.ts';
import type { Actor, User } from '../core/user.ts';
import type { WriteDependencies } from './dependencies.ts';
import { readKnownEntries } from './known-entries.ts';
import { recordChange } from './record-change.ts';

/** Somebody before and after a change of theirs. */
export interface ChangedPerson {
  readonly before: User;
  readonly after: User;
}

/** People taken out of a pool at a time. */
const AT_ONCE = 100;

/**
 * Takes people out again whom a change has just put into a pool that went meanwhile, and answers with those, as they are then.
 *
 * Whoever takes a pool away marks it first and looks for members then; whoever joins looks for the mark last. So one of them sees the
 * other, and nobody stays in a pool there is not.
 */
export async function leaveGonePools(
  deps: WriteDependencies,
  organizationId: string,
  by: Actor,
  people: readonly ChangedPerson[],
): Promise<readonly User[]> {
  const joined = people.map(({ before, after }) => ({ id: after.id, pools: joinedBy(before, after) }));
  const pools = [...new Set(joined.flatMap((person) => person.pools))];
  if (pools.length === 0) return [];
  const known = await readKnownEntries(deps, organizationId, [], pools);
  const gone = pools.filter((pool) => !known.has('pool', pool));
  const stranded = joined.filter((person) => person.pools.some((pool) => gone.includes(pool)));
  const left: User[] = [];
  for (const { id } of stranded) left.push(await takeOut(deps, organizationId, by, id, gone));
  return left;
}

/** Takes everybody out of a pool; there are few, as nobody is let in. */
export async function emptyPool(deps: WriteDependencies, organizationId: string, by: Actor, pool: string) {
  const inIt = { field: 'pools', op: 'eq', value: pool } as const;
  let cursor: string | null = null;
  do {
    const { items, next } = await deps.stores.users.list(organizationId, inIt, cursor, AT_ONCE);
    for (const { id } of items) await takeOut(deps, organizationId, by, id, [pool]);
    cursor = next;
  } while (cursor !== null);
}

const joinedBy = (before: User, after: User) =>
  after.access.pools.filter((pool) => !before.access.pools.includes(pool));

async function takeOut(
  deps: WriteDependencies,
  organizationId: string,
  by: Actor,
  id: string,
  pools: readonly string[],
): Promise<User> {
  const { user } = await recordChange(deps, {
    organizationId,
    by,
    onTaken: 'hold',
    find: () => deps.stores.users.get(organizationId, id),
    draft: (found) => (found.version === 0 ? null : { user: withoutPools(found, pools) }),
  });
  return user;
}

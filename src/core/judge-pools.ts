import { POOL_SEPARATOR } from './csv-columns.ts';
import { MOST_POOLS, poolRefusal } from './pool-membership.ts';
import type { User } from './user.ts';

/** Pools there are, of those that cells name. */
export interface KnownPools {
  /** The id of the pool that has this id, or else this name, folded; null when there is none. */
  idOf(named: string): string | null;
}

export interface JudgedPools {
  /** Why the cell cannot be meant. */
  readonly mistakes: readonly string[];
  /** Why the person joins none of them. */
  readonly refusals: readonly string[];
  /** Pools before and after, as cells. */
  readonly change: readonly [from: string, to: string] | null;
}

type Member = Pick<User, 'status' | 'kind'> & { readonly access: Pick<User['access'], 'pools'> };

const NOTHING: JudgedPools = { mistakes: [], refusals: [], change: null };

/** What a cell names, each once. */
export function poolsIn(cell: string | undefined): readonly string[] {
  if (cell === undefined || cell.trim() === '') return [];
  const named = cell.split(POOL_SEPARATOR).map((pool) => pool.trim());
  return [...new Set(named.filter((pool) => pool !== ''))];
}

/** A person's pools as a cell. */
export const shownPools = ({ access }: Member): string => access.pools.join(POOL_SEPARATOR);

/** Decides which pools a cell puts a person into. It takes nobody out of one. */
export function judgePools(cell: string | undefined, member: Member, known: KnownPools): JudgedPools {
  const { pools } = member.access;
  // An id may hold what separates ids: what was exported comes back as it is.
  if (cell?.trim() === shownPools(member).trim()) return NOTHING;
  const named = poolsIn(cell).filter((pool) => !pools.includes(pool));
  if (named.length === 0) return NOTHING;
  const ids = named.map((pool) => known.idOf(pool));
  const unknown = named.filter((_, index) => ids[index] === null);
  if (unknown.length > 0) return { ...NOTHING, mistakes: unknown.map((pool) => `there is no pool ${pool}`) };
  const all = [...new Set([...pools, ...ids.flatMap((id) => id ?? [])])];
  if (all.length === pools.length) return NOTHING;
  if (all.length > MOST_POOLS) return { ...NOTHING, mistakes: [`nobody is in more than ${MOST_POOLS} pools`] };
  const refusal = poolRefusal(member);
  if (refusal) return { ...NOTHING, refusals: [refusal.message] };
  return { ...NOTHING, change: [shownPools(member), all.join(POOL_SEPARATOR)] };
}

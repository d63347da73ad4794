import type { Comparison, Condition, UserField } from '../ports/condition.ts';

/** How many people have to be looked at to find those a condition selects. */
type Reach =
  /** An index leads to them, and to hardly anybody else. */
  | 'index'
  /** Nearly everybody, but nearly everybody is selected. */
  | 'most'
  /** Everybody, for perhaps nobody. */
  | 'walk';

const ORDERED: ReadonlySet<Comparison> = new Set(['eq', 'sw', 'gt', 'ge', 'lt', 'le']);
const BY_KEY: ReadonlySet<Comparison> = new Set(['eq']);

/** What an index answers on every store. */
const INDEXED: Partial<Record<UserField, ReadonlySet<Comparison>>> = {
  id: ORDERED,
  scimId: ORDERED,
  userName: ORDERED,
  externalId: BY_KEY,
  emails: new Set(['eq', 'sw']),
  email: ORDERED,
  displayName: ORDERED,
  familyName: ORDERED,
  givenName: ORDERED,
  department: ORDERED,
  location: ORDERED,
  roles: BY_KEY,
  jobs: BY_KEY,
  pools: BY_KEY,
  agency: BY_KEY,
  hostId: BY_KEY,
  status: BY_KEY,
  active: BY_KEY,
  created: ORDERED,
  updated: ORDERED,
  lastModified: ORDERED,
};

/** Whether what it costs to find the people a condition selects grows with everybody instead of with them. */
export function walksEverybody(condition: Condition): boolean {
  return reachOf(condition, false) === 'walk';
}

function reachOf(condition: Condition, negate: boolean): Reach {
  if ('not' in condition) return reachOf(condition.not, !negate);
  if ('field' in condition) return leafReach(condition, negate);
  const every = 'and' in condition ? !negate : negate;
  const parts = ('and' in condition ? condition.and : condition.or).map((part) => reachOf(part, negate));
  return best(parts, every ? ['index', 'walk', 'most'] : ['walk', 'most', 'index']);
}

/** One part that an index leads to is enough for all of them; of alternatives the costliest counts. */
function best(parts: readonly Reach[], inOrder: readonly Reach[]): Reach {
  return inOrder.find((reach) => parts.includes(reach)) ?? 'index';
}

function leafReach({ field, op, value }: Extract<Condition, { readonly field: UserField }>, negate: boolean): Reach {
  const asked = value === null && (op === 'eq' || op === 'ne') ? 'pr' : op;
  const positive = (op === 'eq' && value === null) === negate;
  if (asked === 'pr') return positive ? 'most' : 'walk';
  if (asked === 'ne') return negate && isIndexed(field, 'eq') ? 'index' : 'most';
  if (isIndexed(field, asked)) return negate ? 'most' : 'index';
  return negate ? 'most' : 'walk';
}

function isIndexed(field: UserField, op: Comparison): boolean {
  return INDEXED[field]?.has(op) === true;
}

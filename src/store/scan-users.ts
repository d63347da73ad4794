import { compareText } from '../core/compare-text.ts';
import { tooMany } from '../core/errors.ts';
import type { User } from '../core/user.ts';
import type { Condition } from '../ports/condition.ts';
import type { ScimPage, ScimQuery, SortValue, UserOrder } from '../ports/user-store.ts';
import { walksEverybody } from './leading.ts';
import { keyText, readKey } from './page-keys.ts';

/**
 * Throws `too_many` when a query would look at more people one by one than it may. `countUpTo` counts whom a condition selects among
 * those the connection sees, up to a number.
 */
export async function checkScan(
  { condition, accepts, order, scanLimit }: ScimQuery,
  countUpTo: (condition: Condition | undefined, most: number) => number | Promise<number>,
): Promise<void> {
  const walks = condition !== undefined && walksEverybody(condition);
  const looks = accepts !== undefined || (order !== undefined && 'keyOf' in order);
  if (scanLimit === undefined || !(walks || looks)) return;
  const candidates = await countUpTo(walks ? undefined : condition, scanLimit + 1);
  if (candidates > scanLimit) throw tooMany(scanLimit);
}

/** A person, and the place they have in the order of creation. */
export interface Placed<Place> {
  readonly place: Place;
  readonly user: User;
}

/** How a store reads the people that the condition selects, in the order of creation. */
export interface Candidates<Place extends string | number> {
  read(after: Place | null): Promise<readonly Placed<Place>[]>;
  /** People `read` gives at a time; fewer are the last. */
  readonly batch: number;
  /** Those of these people who are still there. */
  load(places: readonly Place[]): Promise<ReadonlyMap<Place, User>>;
  isPlace(value: unknown): value is Place;
}

interface Row<Place> {
  readonly value: SortValue;
  readonly place: Place;
}

type ComputedOrder = Extract<UserOrder, { readonly keyOf: unknown }>;

/** No order asked for: everybody is equal, and the order of creation decides. */
const BY_CREATION: ComputedOrder = { keyOf: () => null, descending: false };

/**
 * Finds a page by looking at each candidate once. What is kept of those accepted is what they are ordered by and where they stand;
 * the people of the page are read again.
 */
export async function scanUsers<Place extends string | number>(
  query: ScimQuery,
  candidates: Candidates<Place>,
): Promise<ScimPage> {
  const { accepts = () => true } = query;
  const order = query.order && 'keyOf' in query.order ? query.order : BY_CREATION;
  const rows = await collect(accepts, order, candidates);
  const sign = order.descending ? -1 : 1;
  const compare = (left: Row<Place>, right: Row<Place>) => sign * compareRows(left, right);
  if (query.order) rows.sort(compare);
  const start = startOf(query, rows, compare, candidates.isPlace);
  const shown = rows.slice(start, start + query.limit);
  const last = shown.at(-1);
  const users = await candidates.load(shown.map(({ place }) => place));
  return {
    users: shown
      .map(({ place }) => users.get(place))
      .filter((user) => user !== undefined)
      .filter(accepts),
    total: rows.length,
    next: last && start + shown.length < rows.length ? keyText(last.value, last.place) : null,
  };
}

async function collect<Place extends string | number>(
  accepts: (user: User) => boolean,
  { keyOf }: ComputedOrder,
  { read, batch }: Candidates<Place>,
): Promise<Row<Place>[]> {
  const rows: Row<Place>[] = [];
  for (let after: Place | null = null; ; ) {
    const placed: readonly Placed<Place>[] = await read(after);
    for (const { place, user } of placed) if (accepts(user)) rows.push({ value: keyOf(user), place });
    after = placed.at(-1)?.place ?? null;
    if (placed.length < batch || after === null) return rows;
  }
}

function startOf<Place extends string | number>(
  { from }: ScimQuery,
  rows: readonly Row<Place>[],
  compare: (left: Row<Place>, right: Row<Place>) => number,
  isPlace: (value: unknown) => value is Place,
): number {
  if ('offset' in from) return from.offset;
  if (from.after === null) return 0;
  const last = readKey(from.after, isPlace);
  const start = rows.findIndex((row) => compare(row, last) > 0);
  return start < 0 ? rows.length : start;
}

function compareRows<Place extends string | number>(left: Row<Place>, right: Row<Place>): number {
  return compareValues(left.value, right.value) || (left.place < right.place ? -1 : Number(left.place > right.place));
}

/** No value comes last. */
function compareValues(left: SortValue, right: SortValue): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  return Number(left) - Number(right);
}

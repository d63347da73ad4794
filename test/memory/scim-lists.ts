import { seenByScim } from '../../src/core/scim-view.ts';
import { shadowOf } from '../../src/core/shadow.ts';
import type { User } from '../../src/core/user.ts';
import type { Condition, UserOrderField } from '../../src/ports/condition.ts';
import type { ScimPage, ScimQuery, SortValue, UserOrder } from '../../src/ports/user-store.ts';
import { keyText, readKey } from '../../src/store/page-keys.ts';
import { checkScan } from '../../src/store/scan-users.ts';
import { satisfies } from './conditions.ts';
import { type Entry, isVisible } from './entry.ts';

/** The page of these people that a query asks for: everybody it selects is put in order, and cut. */
export async function listForScim(people: readonly Entry[], query: ScimQuery): Promise<ScimPage> {
  const visible = (condition: Condition | undefined): readonly User[] =>
    people.filter((entry) => isSeen(entry, query.connectionId, condition)).map(({ user }) => user);
  await checkScan(query, (condition) => visible(condition).length);
  const { accepts = () => true } = query;
  const seen = inOrder(visible(query.condition).filter(accepts), query.order);
  const start = startOf(seen, query);
  const users = seen.slice(start, start + query.limit);
  const last = users.at(-1);
  const next = last && start + users.length < seen.length ? keyText(valueFor(last, query.order), last.id) : null;
  return { users, total: seen.length, next };
}

function isSeen(entry: Entry, connectionId: string, condition: Condition | undefined): boolean {
  return isVisible(entry, connectionId) && satisfies(entry, condition);
}

function startOf(seen: readonly User[], { from, order }: ScimQuery): number {
  if ('offset' in from) return from.offset;
  if (from.after === null) return 0;
  const { value, place } = readKey(from.after, (id): id is string => typeof id === 'string');
  const sign = order?.descending ? -1 : 1;
  return seen.filter((user) => sign * compare([valueFor(user, order), user.id], [value, place]) <= 0).length;
}

export function inOrder(users: readonly User[], order: UserOrder | undefined): readonly User[] {
  const sorted = users.toSorted((left, right) =>
    compare([valueFor(left, order), left.id], [valueFor(right, order), right.id]),
  );
  return order?.descending ? sorted.reverse() : sorted;
}

const ORDERS: Readonly<Record<UserOrderField, (user: User) => SortValue>> = {
  scimId: ({ scim }) => scim.id,
  userName: (user) => shadowOf(user).userNameKey,
  displayName: (user) => shadowOf(user).displayName,
  familyName: (user) => shadowOf(user).familyName,
  givenName: (user) => shadowOf(user).givenName,
  name: (user) => shadowOf(user).name,
  created: ({ createdAt }) => createdAt,
  updated: ({ updatedAt }) => updatedAt,
  lastModified: (user) => seenByScim(user).at,
};

function valueFor(user: User, order: UserOrder | undefined): SortValue {
  if (!order) return null;
  return 'field' in order ? ORDERS[order.field](user) : order.keyOf(user);
}

function compare([left, one]: readonly [SortValue, string], [right, other]: readonly [SortValue, string]): number {
  if (left === right) return one < other ? -1 : Number(one > other);
  if (left === null || right === null) return left === null ? 1 : -1;
  if (typeof left === 'string' && typeof right === 'string')
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return Number(left) - Number(right);
}

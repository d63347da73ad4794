import { isAppError } from '../src/core/errors.ts';
import { scimView } from '../src/core/scim-view.ts';
import type { User } from '../src/core/user.ts';
import type { UserOrderField } from '../src/ports/condition.ts';
import type { ScimPage, UserOrder } from '../src/ports/user-store.ts';
import type { GroupMembership } from '../src/services/group-membership.ts';
import type { ProvisionUser } from '../src/services/provision-user.ts';
import { narrow, USER_FIELDS } from './filter/condition.ts';
import { type PeopleWith, withoutGroups } from './filter/groups-of-people.ts';
import { parseFilter } from './filter/parse.ts';
import { placeReaders, viewPredicate } from './filter/predicate.ts';
import { settle } from './filter/settle.ts';
import type { ListQuery, SortRequest } from './lists/list-query.ts';
import { findSortPath, sortValue } from './lists/sort.ts';
import { invalidCursor, tooMany } from './messages/scim-error.ts';
import { findPeopleWithGroups } from './people-with-groups.ts';
import { visibleBy } from './schema/opaque-view.ts';
import type { Asked } from './users.ts';

/** Who asks, and what names mean to them. */
type Asking = Pick<Asked, 'caller' | 'schema' | 'dialect' | 'baseUrl' | 'locate'>;

/** What the store keeps people in order by. */
const ORDERS: ReadonlyMap<string, UserOrderField> = new Map([
  ['id', 'scimId'],
  ['userName', 'userName'],
  ['displayName', 'displayName'],
  ['name.familyName', 'familyName'],
  ['name.givenName', 'givenName'],
  ['meta.created', 'created'],
  ['meta.lastModified', 'lastModified'],
]);

const NOBODY: ScimPage = { users: [], total: 0, next: null };

/** The people on a page: by an index of the store as far as one serves, else looked at one by one, within the limit. */
export async function listUsers(
  service: Pick<ProvisionUser, 'list'>,
  membership: GroupMembership,
  asked: Asking,
  { filter, sort, from, limit, scanLimit }: ListQuery,
): Promise<ScimPage> {
  const peopleWith = findPeopleWithGroups(membership, { ...asked, scanLimit });
  const chosen = filter === undefined ? {} : await choose(filter, asked, peopleWith);
  if (chosen === null) return NOBODY;
  const order = sort && orderOf(sort, asked);
  const query = { ...chosen, ...(order ? { order } : {}), from, limit, scanLimit };
  try {
    return await service.list(asked.caller, query);
  } catch (error) {
    if (isAppError(error, 'too_many')) throw tooMany(adviceFor(scanLimit));
    if (isAppError(error, 'invalid')) throw invalidCursor();
    throw error;
  }
}

function adviceFor(limit: number): string {
  return `more than ${limit} users would have to be looked at one by one; narrow the filter with "and" and a term that an index answers: userName, externalId, id, emails.value, displayName, name.familyName, name.givenName, meta.created or meta.lastModified with eq (or sw, gt, ge, lt, le), or active eq false`;
}

/** What the index can say of a filter, and, where that is not all, the filter itself; null when nobody can satisfy it. */
async function choose(text: string, { schema, dialect, locate }: Asking, peopleWith: PeopleWith) {
  const settled = settle(parseFilter(text, schema, dialect), schema, 'User');
  if (typeof settled === 'boolean') return settled ? {} : null;
  const filter = await withoutGroups(settled, schema, peopleWith);
  const { condition, exact } = narrow(filter, USER_FIELDS);
  if (exact && condition) return { condition };
  const holds = viewPredicate(filter, locate);
  const accepts = (user: User) => holds(visibleBy(schema, scimView(user)));
  return condition ? { condition, accepts } : { accepts };
}

function orderOf({ by, descending }: SortRequest, { schema, locate }: Asking): UserOrder | undefined {
  const path = findSortPath(schema, by);
  if (!path) return undefined;
  const field = ORDERS.get(path.target.label);
  if (field) return { field, descending };
  const read = placeReaders(locate)[path.attribute.place];
  return { keyOf: (user) => sortValue(path, read(visibleBy(schema, scimView(user)), path.attribute)), descending };
}

import { fold } from '../../core/fold.ts';
import { tagOf } from '../../core/tags.ts';
import type { User } from '../../core/user.ts';
import type { UserStore } from '../../ports/user-store.ts';
import type { Query } from './field-queries.ts';
import { PERSON_FIELDS, userOf } from './user-document.ts';
import { type UserCollection, type UserRow, userKey } from './user-schema.ts';
import { sourceClaim, UNOWNED } from './user-shadow.ts';

type UserLookups = Pick<
  UserStore,
  | 'get'
  | 'getMany'
  | 'findByScimId'
  | 'findByEmail'
  | 'findByEmails'
  | 'findByEmployeeNumbers'
  | 'findByUserName'
  | 'findBySourceKeys'
  | 'knownScimIds'
>;

/** People of one employee number who are told at most. */
const SHARING = 2;

/** People the database sends at a time: a page of a directory comes in one answer. */
const BATCH = 1_000;

/** Reads by key: each is one question, answered out of one index for each of the ways somebody may hold the key. */
export function createUserLookups(users: UserCollection): UserLookups {
  async function one(query: Query): Promise<User | null> {
    const row = await users.findOne(query, { projection: PERSON_FIELDS });
    return row ? userOf(row) : null;
  }
  async function many(query: Query, limit = 0): Promise<readonly User[]> {
    return (await users.find(query, { projection: PERSON_FIELDS, batchSize: BATCH, limit }).toArray()).map(userOf);
  }

  return {
    get: (organization, id) => one({ _id: userKey(organization, id), organization }),
    getMany: (organization, ids) =>
      many({ _id: { $in: distinct(ids, (id) => userKey(organization, id)) }, organization }),
    findByScimId: (organization, scimId) => one({ organization, scimId }),
    async findByEmail(organization, email) {
      const emailKey = fold(email);
      const rows = await named([{ organization, emailKey }, parkedBy(organization, 'emailKey', [emailKey])]);
      return userOfFirst(rows, (row) => row.emailKey === emailKey, isParked);
    },
    async findByEmails(organization, emails) {
      const wanted = distinct(emails, fold);
      const found = await many({ organization, emailKey: { $in: wanted } });
      const held = new Set(found.map(({ email }) => fold(email ?? '')));
      const free = wanted.filter((email) => !held.has(email));
      if (free.length === 0) return found;
      return [...found, ...(await many(parkedBy(organization, 'emailKey', free)))];
    },
    async findByEmployeeNumbers(organization, numbers) {
      const tags = distinct(numbers, (number) => tagOf('employeeNumber', number));
      const most = SHARING * tags.length;
      const found = await many({ organization, tags: { $in: tags } }, most + 1);
      if (found.length <= most) return found;
      // Somebody's number is many people's: then each is asked for by itself, so that they hide nobody.
      const each = await Promise.all(tags.map((tag) => many({ organization, tags: tag }, SHARING)));
      return each.flat();
    },
    async findByUserName(organization, userName) {
      const key = fold(userName);
      const rows = await named([
        { organization, userNameKey: key },
        parkedBy(organization, 'userNameKey', [key]),
        { organization, formerUserNameKey: key },
      ]);
      return userOfFirst(
        rows,
        (row) => row.userNameKey === key,
        isParked,
        () => true,
      );
    },
    async findBySourceKeys(organization, source, connectionId, externalIds) {
      const claims = distinct(externalIds, (externalId) => sourceClaim(source, connectionId, externalId));
      return many({ organization, sourceClaims: { $in: claims } });
    },
    async knownScimIds(organization, connectionId, ids) {
      const asked = new Set(ids);
      const named = { $in: [...asked] };
      const seen = { organization, scimId: named, scope: { $in: [UNOWNED, connectionId] } };
      const options = { projection: { _id: 0, scimId: 1 }, hint: { organization: 1, scimId: 1 }, batchSize: BATCH };
      const living = await users.find(seen, options).toArray();
      const once = { organization, formerScimIds: named };
      const former = await users.find(once, { projection: { _id: 0, formerScimIds: 1 }, batchSize: BATCH }).toArray();
      return {
        living: new Set(living.flatMap(({ scimId }) => scimId ?? [])),
        former: new Set(former.flatMap(({ formerScimIds = [] }) => formerScimIds).filter((id) => asked.has(id))),
      };
    },
  };

  /** Everybody who has, gave up for the moment, or once had a name; those SCIM last saw change come first. */
  async function named(ways: readonly Query[]): Promise<readonly NamedRow[]> {
    const rows = await users
      .find<NamedRow>({ $or: [...ways] }, { projection: NAMED_FIELDS, batchSize: BATCH })
      .toArray();
    return rows.length < 2 ? rows : rows.sort((left, right) => (newness(left) < newness(right) ? 1 : -1));
  }
}

const NAMED_FIELDS = { ...PERSON_FIELDS, seen: 1, emailKey: 1, userNameKey: 1, 'parked.at': 1 } as const;

type NamedRow = Pick<UserRow, 'seen' | 'emailKey' | 'userNameKey' | 'parked'> & Parameters<typeof userOf>[0];

const isParked = ({ parked }: NamedRow): boolean => parked !== undefined;

const newness = ({ seen, id }: NamedRow): string => `${seen} ${id}`;

/** The first one that fits the first of the demands that anybody fits. */
function userOfFirst(rows: readonly NamedRow[], ...demands: readonly ((row: NamedRow) => boolean)[]): User | null {
  const found = demands.map((fits) => rows.find(fits)).find((row) => row !== undefined);
  return found ? userOf(found) : null;
}

/** Whoever gave the name up for the moment is still the one it belongs to, as long as nobody else has it. */
function parkedBy(organization: string, field: 'emailKey' | 'userNameKey', names: readonly string[]): Query {
  return { 'parked.at': { $gt: '' }, 'parked.organization': organization, [`parked.${field}`]: { $in: names } };
}

function distinct(values: readonly string[], keyOf: (value: string) => string): string[] {
  return [...new Set(values.map(keyOf))];
}

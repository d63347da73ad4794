import { fold } from '../../core/fold.ts';
import type { User } from '../../core/user.ts';
import type { UserStore } from '../../ports/user-store.ts';
import type { Query } from './conditions.ts';
import { PERSON_FIELDS, userOf } from './user-document.ts';
import { type UserCollection, userKey } from './user-schema.ts';
import { sourceClaim } from './user-shadow.ts';

type UserLookups = Pick<
  UserStore,
  'get' | 'getMany' | 'findByScimId' | 'findByEmail' | 'findByEmails' | 'findByUserName' | 'findBySourceKeys'
>;

/** People the database sends at a time: a page of a directory comes in one answer. */
const BATCH = 1_000;

/** Reads by key: each is one look-up in an index, and one more for names that nobody holds but somebody may have parked. */
export function createUserLookups(users: UserCollection): UserLookups {
  async function one(query: Query): Promise<User | null> {
    const row = await users.findOne(query, { projection: PERSON_FIELDS });
    return row ? userOf(row) : null;
  }
  async function many(query: Query): Promise<readonly User[]> {
    return (await users.find(query, { projection: PERSON_FIELDS, batchSize: BATCH }).toArray()).map(userOf);
  }

  return {
    get: (organization, id) => one({ _id: userKey(organization, id), organization }),
    getMany: (organization, ids) =>
      many({ _id: { $in: distinct(ids, (id) => userKey(organization, id)) }, organization }),
    findByScimId: (organization, scimId) => one({ organization, scimId }),
    async findByEmail(organization, email) {
      const emailKey = fold(email);
      return (await one({ organization, emailKey })) ?? one(parkedBy(organization, 'emailKey', [emailKey]));
    },
    async findByEmails(organization, emails) {
      const wanted = distinct(emails, fold);
      const found = await many({ organization, emailKey: { $in: wanted } });
      const held = new Set(found.map(({ email }) => fold(email ?? '')));
      const free = wanted.filter((email) => !held.has(email));
      if (free.length === 0) return found;
      return [...found, ...(await many(parkedBy(organization, 'emailKey', free)))];
    },
    async findByUserName(organization, userName) {
      const key = fold(userName);
      return (
        (await one({ organization, userNameKey: key })) ??
        (await one(parkedBy(organization, 'userNameKey', [key]))) ??
        (await latest({ organization, formerUserNameKey: key }))
      );
    },
    async findBySourceKeys(organization, source, connectionId, externalIds) {
      const claims = distinct(externalIds, (externalId) => sourceClaim(source, connectionId, externalId));
      return many({ organization, sourceClaims: { $in: claims } });
    },
  };

  async function latest(query: Query): Promise<User | null> {
    const sort = { updated: -1, _id: -1 } as const;
    const row = await users.findOne(query, { projection: PERSON_FIELDS, sort });
    return row ? userOf(row) : null;
  }
}

/** Whoever gave the name up for the moment is still the one it belongs to, as long as nobody else has it. */
function parkedBy(organization: string, field: 'emailKey' | 'userNameKey', names: readonly string[]): Query {
  return { 'parked.at': { $gt: '' }, 'parked.organization': organization, [`parked.${field}`]: { $in: names } };
}

function distinct(values: readonly string[], keyOf: (value: string) => string): string[] {
  return [...new Set(values.map(keyOf))];
}

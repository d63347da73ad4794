import type { UserOrderField } from '../../ports/condition.ts';
import type { PageStart, UserOrder } from '../../ports/user-store.ts';
import { readKey } from '../page-keys.ts';
import type { Query } from './field-queries.ts';
import { type UserRow, userKey } from './user-schema.ts';

/** The field of a person's document that an index keeps them in order by. */
interface OrderRule {
  readonly path: keyof UserRow & string;
  readonly index: string;
  /** Nobody has the same: then the index alone gives the order. */
  readonly unique?: true;
  /** Everybody has one. */
  readonly always?: true;
}

const RULES: Readonly<Record<UserOrderField, OrderRule>> = {
  scimId: { path: 'scimId', index: 'users_scim_id', unique: true, always: true },
  userName: { path: 'userNameKey', index: 'users_by_user_name' },
  displayName: { path: 'displayName', index: 'users_by_display_name' },
  familyName: { path: 'familyName', index: 'users_by_family_name' },
  givenName: { path: 'givenName', index: 'users_by_given_name' },
  name: { path: 'name', index: 'users_by_name' },
  created: { path: 'created', index: 'users_by_created', always: true },
  updated: { path: 'updated', index: 'users_by_updated', always: true },
  lastModified: { path: 'seen', index: 'users_by_seen', always: true },
};

/** No order asked for: people stand as they were created. */
export const CREATED: OrderedReads = {
  path: null,
  stretches: (organization, from) => {
    if ('offset' in from) return [{ query: {}, sort: { _id: 1 }, offset: from.offset }];
    if (from.after === null) return [{ query: {}, sort: { _id: 1 }, offset: 0 }];
    const { place } = readKey(from.after, isId);
    return [{ query: { _id: { $gt: userKey(organization, place) } }, sort: { _id: 1 }, offset: 0 }];
  },
};

/** One read in the order of an index. */
export interface Stretch {
  readonly query: Query;
  readonly sort: { readonly [field: string]: 1 | -1 };
  readonly offset: number;
  /** The index to walk when nothing narrows. */
  readonly hint?: string;
}

type Sorted = Omit<Stretch, 'offset'>;

export interface OrderedReads {
  /** What people are ordered by; null: nothing but their creation. */
  readonly path: (keyof UserRow & string) | null;
  /** The reads a page from that start on consists of, one after the other; later ones may not be needed. */
  stretches(organization: string, from: PageStart): readonly Stretch[];
}

/**
 * How to read people in the order of a field. Who has no value stands in a stretch of their own, since MongoDB would put them first.
 */
export function orderedReads({ field, descending }: UserOrder & { readonly field: UserOrderField }): OrderedReads {
  const { path, index, unique, always } = RULES[field];
  const way = descending ? -1 : 1;
  const beyond = descending ? '$lt' : '$gt';
  const valued: Sorted = {
    query: { [path]: { $gte: '' } },
    sort: unique ? { [path]: way } : { [path]: way, _id: way },
    hint: index,
  };
  const missing: Sorted = { query: { [path]: null }, sort: { _id: way }, hint: index };
  const all = always ? [valued] : descending ? [missing, valued] : [valued, missing];

  return {
    path,
    stretches(organization, from) {
      if ('offset' in from) return all.map((one, index) => ({ ...one, offset: index === 0 ? from.offset : 0 }));
      if (from.after === null) return all.map((one) => ({ ...one, offset: 0 }));
      const { value, place } = readKey(from.after, isId);
      const key = userKey(organization, place);
      const rest = all.slice(all.indexOf(value === null ? missing : valued));
      return rest.map((one, index) => {
        if (index > 0) return { ...one, offset: 0 };
        if (value === null) return { ...one, query: { ...one.query, _id: { [beyond]: key } }, offset: 0 };
        // Said twice: once for the bounds of the index, once for those of the same value.
        const bound = { [path]: { [`${beyond}e`]: value } };
        const exact = { $or: [{ [path]: { [beyond]: value } }, { [path]: value, _id: { [beyond]: key } }] };
        return { ...one, query: { $and: [bound, exact] }, offset: 0 };
      });
    },
  };
}

export function isId(value: unknown): value is string {
  return typeof value === 'string';
}

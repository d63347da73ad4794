import type { PageStart } from '../../ports/user-store.ts';
import { keyText } from '../page-keys.ts';
import type { Query } from './field-queries.ts';
import type { OrderedReads, Stretch } from './ordered-reads.ts';
import { PERSON_FIELDS, type userOf } from './user-document.ts';
import { both } from './user-queries.ts';
import type { UserCollection, UserRow } from './user-schema.ts';

export type PersonRow = Parameters<typeof userOf>[0] & Partial<UserRow>;

/** Which people, and from where on. */
export interface OrderedQuery {
  readonly organizationId: string;
  /** Selects them, with the organization. */
  readonly visible: Query;
  /** Whether `visible` has conditions that an index of their own may lead to. */
  readonly narrow: boolean;
  readonly from: PageStart;
}

/** Reads pages of people in the order of an index. */
export function createReadOrdered(users: UserCollection) {
  async function readStretch({ visible, narrow }: OrderedQuery, path: string | null, stretch: Stretch, limit: number) {
    const { query, sort, offset, hint } = stretch;
    const projection = path === null ? PERSON_FIELDS : { ...PERSON_FIELDS, [path]: 1 };
    const walk = hint === undefined || narrow ? {} : { hint };
    const page = { projection, sort, skip: offset, limit, batchSize: limit, ...walk };
    return users.find<PersonRow>(both(visible, query), page).toArray();
  }

  return async ({ path, stretches }: OrderedReads, query: OrderedQuery, limit: number) => {
    const rows: PersonRow[] = [];
    let left: number | null = null;
    const reads = stretches(query.organizationId, query.from);
    for (const stretch of reads) {
      const offset: number = left ?? stretch.offset;
      const found = await readStretch(query, path, { ...stretch, offset }, limit - rows.length);
      rows.push(...found);
      if (rows.length === limit || stretch === reads.at(-1)) break;
      const isBeyond: boolean = found.length === 0 && offset > 0;
      const passed = () => users.countDocuments(both(query.visible, stretch.query));
      left = isBeyond ? Math.max(0, offset - (await passed())) : 0;
    }
    return rows;
  };
}

/** The key to go on after a person. */
export function keyAfter({ path }: OrderedReads, row: PersonRow | undefined): string | null {
  if (!row) return null;
  const value = path === null ? null : row[path];
  return keyText(typeof value === 'string' ? value : null, row.id);
}

import type { KnownEntries } from '../core/catalog.ts';
import { exportHeader, exportRow } from '../core/csv-export.ts';
import type { User } from '../core/user.ts';
import type { Condition } from '../ports/condition.ts';
import type { Stores } from '../ports/stores.ts';
import { currentUser } from './current-user.ts';
import { readKnownEntries } from './known-entries.ts';
import { readOrganization } from './organizations.ts';

/** People read at a time: others have their turn in between. */
const PAGE = 25;

/** The people a condition selects as pages of cells, the header first. Throws `not_found`. */
export async function exportUsers(
  { stores }: { readonly stores: Pick<Stores, 'users' | 'organizations' | 'catalog'> },
  organizationId: string,
  condition: Condition | null,
): Promise<AsyncGenerator<readonly (readonly string[])[]>> {
  const organization = await readOrganization({ stores }, organizationId);
  return (async function* pages() {
    yield [exportHeader(organization.settings)];
    const rowOf = exportRow(organization.settings);
    for (let cursor: string | null = null; ; ) {
      const { items, next } = await stores.users.list(organizationId, condition, cursor, PAGE);
      const pools = items.flatMap(({ access }) => access.pools);
      const known = await readKnownEntries({ stores }, organizationId, [], pools);
      yield items.map((user) => rowOf(inKnownPools(currentUser(user, organization), known)));
      if (next === null) return;
      cursor = next;
    }
  })();
}

/** Without pools that are gone: nobody could read the file back. */
function inKnownPools(user: User, known: KnownEntries): User {
  const pools = user.access.pools.filter((pool) => known.has('pool', pool));
  return { ...user, access: { ...user.access, pools } };
}

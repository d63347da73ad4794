import { exportHeader, exportRow } from '../core/csv-export.ts';
import type { Condition } from '../ports/condition.ts';
import type { Stores } from '../ports/stores.ts';
import { currentUser } from './current-user.ts';
import { readOrganization } from './organizations.ts';

/** People read at a time: others have their turn in between. */
const PAGE = 25;

/** The people a condition selects as pages of cells, the header first. Throws `not_found`. */
export async function exportUsers(
  { stores }: { readonly stores: Pick<Stores, 'users' | 'organizations'> },
  organizationId: string,
  condition: Condition | null,
): Promise<AsyncGenerator<readonly (readonly string[])[]>> {
  const organization = await readOrganization({ stores }, organizationId);
  return (async function* pages() {
    yield [exportHeader(organization.settings)];
    const rowOf = exportRow(organization.settings);
    for (let cursor: string | null = null; ; ) {
      const { items, next } = await stores.users.list(organizationId, condition, cursor, PAGE);
      yield items.map((user) => rowOf(currentUser(user, organization)));
      if (next === null) return;
      cursor = next;
    }
  })();
}

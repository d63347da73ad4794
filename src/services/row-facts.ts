import { POOLS } from '../core/csv-columns.ts';
import { fold } from '../core/fold.ts';
import type { FileRow, ImportMapping } from '../core/import.ts';
import { type KnownPools, poolsIn } from '../core/judge-pools.ts';
import type { PeopleFacts } from '../core/judge-row.ts';
import { employeeNumberOf } from '../core/person-attributes.ts';
import type { User } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';
import { inSlices } from './turns.ts';

type Reader = { readonly stores: Pick<Stores, 'users' | 'catalog'> };

/** Everybody a page of rows may mean, and the pools it names, in a few reads for each way of naming. */
export async function readRowFacts(
  { stores: { users, catalog } }: Reader,
  organizationId: string,
  rows: readonly FileRow[],
  { columns, key }: ImportMapping,
): Promise<PeopleFacts> {
  const cells = (name: ImportMapping['columns'][number]) => {
    const index = columns.indexOf(name);
    return index < 0 ? [] : [...new Set(rows.map((row) => (row.cells[index] ?? '').trim()).filter(Boolean))];
  };
  const named = (name: ImportMapping['key']) => (key === name ? cells(name) : []);
  const [emails, ids, numbers] = [cells('email'), named('id'), named('employeeNumber')];
  const byEmail = await inSlices(emails, (some) => users.findByEmails(organizationId, some));
  const byId = await inSlices(ids, (some) => users.getMany(organizationId, some));
  const byNumber = await inSlices(numbers, (some) => users.findByEmployeeNumbers(organizationId, some));
  return {
    byId: new Map(byId.map((user) => [user.id, user])),
    byEmail: new Map(byEmail.map((user) => [fold(user.email ?? ''), user])),
    byNumber: Map.groupBy(byNumber, (user: User) => employeeNumberOf(user.attributes) ?? ''),
    pools: await readPools(catalog, organizationId, [...new Set(cells(POOLS).flatMap(poolsIn))]),
  };
}

async function readPools(
  catalog: Stores['catalog'],
  organizationId: string,
  named: readonly string[],
): Promise<KnownPools> {
  if (named.length === 0) return { idOf: () => null };
  const byId = new Set((await catalog.among(organizationId, 'pool', named)).map(({ id }) => id));
  const others = named.filter((pool) => !byId.has(pool));
  const found = others.length > 0 ? await catalog.amongNames(organizationId, 'pool', others) : [];
  const byName = new Map(found.map(({ id, name }) => [fold(name), id]));
  return { idOf: (pool) => (byId.has(pool) ? pool : (byName.get(fold(pool)) ?? null)) };
}

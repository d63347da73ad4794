import { type CatalogKind, FIRST_ROLES, type KnownEntries, missingOf, namedBy } from '../core/catalog.ts';
import type { Grant } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';

/** Looks up which of the roles and scopes these grants name there are, and which of the pools. */
export async function readKnownEntries(
  { stores }: { readonly stores: Pick<Stores, 'catalog'> },
  organizationId: string,
  grants: readonly Grant[],
  pools: readonly string[] = [],
): Promise<KnownEntries> {
  const asked = new Map<CatalogKind, ReadonlySet<string>>(namedBy(grants));
  if (pools.length > 0) asked.set('pool', new Set(pools));
  const known = new Map<CatalogKind, ReadonlySet<string>>();
  await Promise.all(
    Array.from(asked, async ([kind, ids]) => {
      const entries = await stores.catalog.among(organizationId, kind, [...ids]);
      const stored = new Set(entries.map(({ id }) => id));
      const untouched = kind === 'role' ? [...FIRST_ROLES.keys()].filter((id) => !stored.has(id)) : [];
      const living = entries.filter(({ removed }) => !removed).map(({ id }) => id);
      known.set(kind, new Set([...living, ...untouched]));
    }),
  );
  return { has: (kind, id) => known.get(kind)?.has(id) ?? false };
}

/** How many of these grants are of a role and a scope that there are. */
export async function countLiving(
  deps: { readonly stores: Pick<Stores, 'catalog'> },
  organizationId: string,
  grants: readonly Grant[],
): Promise<number> {
  if (grants.length === 0) return 0;
  const known = await readKnownEntries(deps, organizationId, grants);
  return grants.filter((grant) => missingOf(known, organizationId, grant) === null).length;
}

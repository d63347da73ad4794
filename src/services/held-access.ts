import type { Agency } from '../core/agency.ts';
import { type GrantSources, type HeldAccess, heldAccess } from '../core/held-access.ts';
import type { Grant, User } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';
import { type GroupDependencies, mappingsOfPeople } from './groups-of-people.ts';
import { readKnownEntries } from './known-entries.ts';

export type HeldDependencies = GroupDependencies & { readonly stores: Pick<Stores, 'agencies' | 'catalog'> };

/** What somebody holds, the agency they belong to, and the pools they are and were in. */
export interface Holding {
  readonly held: HeldAccess;
  readonly agency: Agency | undefined;
  /** Without those that are gone, as are the former ones. */
  readonly pools: readonly string[];
  readonly formerPools: readonly string[];
}

/** Where the grants of each of these people come from, by their ids; `named` are looked up with them. */
export async function grantSources(
  deps: HeldDependencies,
  organizationId: string,
  people: readonly User[],
  named: readonly Grant[] = [],
): Promise<(person: User) => GrantSources> {
  const [agencies, mappings] = await Promise.all([
    agenciesOf(deps, organizationId, people),
    mappingsOfPeople(deps, organizationId, people),
  ]);
  const given = [...agencies.values(), ...[...mappings.values()].flat()].flatMap(({ roles }) => roles);
  const own = people.flatMap(({ access }) => [...access.roles, ...access.dormantRoles]);
  const pools = people.flatMap(({ access, formerPools = [] }) => [...access.pools, ...formerPools]);
  const known = await readKnownEntries(deps, organizationId, [...named, ...own, ...given], pools);
  return ({ id, agencyId }) => ({ mappings: mappings.get(id) ?? [], agency: agencies.get(agencyId ?? ''), known });
}

/** What each of these people may do now, by their ids; for people as they are under the settings of now. */
export async function holdings(
  deps: HeldDependencies,
  organizationId: string,
  people: readonly User[],
): Promise<ReadonlyMap<string, Holding>> {
  const sourcesOf = await grantSources(deps, organizationId, people);
  return new Map(
    people.map((person) => {
      const sources = sourcesOf(person);
      const living = (pools: readonly string[] = []) => pools.filter((pool) => sources.known.has('pool', pool));
      const [pools, formerPools] = [living(person.access.pools), living(person.formerPools)];
      return [person.id, { held: heldAccess(person, sources), agency: sources.agency, pools, formerPools }];
    }),
  );
}

async function agenciesOf(
  { stores }: HeldDependencies,
  organizationId: string,
  people: readonly User[],
): Promise<ReadonlyMap<string, Agency>> {
  const ids = [...new Set(people.flatMap(({ agencyId }) => agencyId ?? []))];
  const agencies = ids.length === 0 ? [] : await stores.agencies.getMany(organizationId, ids);
  return new Map(agencies.map((agency) => [agency.id, agency]));
}

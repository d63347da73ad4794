import { type GroupMapping, groupKey } from '../core/group-mapping.ts';
import { isMapped } from '../core/held-access.ts';
import { GROUP } from '../core/scim-resource.ts';
import type { User } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';
import { joinedGroups } from './joined-groups.ts';

export type GroupDependencies = { readonly stores: Pick<Stores, 'groupMappings' | 'resources' | 'tokens'> };

/** Keys of groups (`groupKey`), by the id of the person; who is in none may be absent. */
export type GroupKeys = ReadonlyMap<string, readonly string[]>;

const NOBODY: ReadonlyMap<string, readonly GroupMapping[]> = new Map();

/**
 * What the groups of these people give, by their ids; whom nothing reaches may be absent.
 *
 * From the people to their groups to the mappings of those: the cost does not grow with groups or the number of mappings. An
 * organization without mappings is asked nothing else.
 */
export async function mappingsOfPeople(
  deps: GroupDependencies,
  organizationId: string,
  people: readonly User[],
): Promise<ReadonlyMap<string, readonly GroupMapping[]>> {
  const { groupMappings } = deps.stores;
  if (people.length === 0 || (await groupMappings.list(organizationId, null, 1)).items.length === 0) return NOBODY;
  return mappingsByGroups(deps, organizationId, await groupsOfPeople(deps, organizationId, people));
}

/** The mappings of groups people are known to be in, by the person. */
export async function mappingsByGroups(
  { stores }: GroupDependencies,
  organizationId: string,
  groups: GroupKeys,
): Promise<ReadonlyMap<string, readonly GroupMapping[]>> {
  const found = await stores.groupMappings.ofGroups(organizationId, [...new Set([...groups.values()].flat())]);
  const byGroup = Map.groupBy(found, ({ group }) => groupKey(group));
  return new Map([...groups].map(([person, keys]) => [person, keys.flatMap((key) => byGroup.get(key) ?? [])]));
}

/** The groups whose word about these people counts: those that the connection which owns a person, or any while none does, has them in. */
export async function groupsOfPeople(
  { stores }: GroupDependencies,
  organizationId: string,
  people: readonly User[],
): Promise<GroupKeys> {
  const seen = people.filter((person) => isMapped(person) && person.scim.id !== null);
  const groups = new Map<string, string[]>();
  if (seen.length === 0) return groups;
  for (const { id: connectionId } of await stores.tokens.connections(organizationId)) {
    const own = seen.filter(({ scim }) => scim.connectionId === null || scim.connectionId === connectionId);
    const space = { organizationId, connectionId, type: GROUP };
    const joined = await joinedGroups(
      stores.resources,
      space,
      own.map(({ scim }) => scim.id ?? ''),
    );
    for (const { id: person, scim } of own) {
      const keys = (joined.get(scim.id ?? '') ?? []).map(({ id }) => groupKey({ source: 'scim', connectionId, id }));
      groups.set(person, [...(groups.get(person) ?? []), ...keys]);
    }
  }
  return groups;
}

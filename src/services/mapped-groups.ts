import { groupKey, type MappedGroup } from '../core/group-mapping.ts';
import type { User } from '../core/user.ts';
import { type GroupDependencies, mappingsOfPeople } from './groups-of-people.ts';

/** A group somebody is in, and the mappings that name it. */
export interface MappedMembership {
  readonly group: MappedGroup;
  readonly mappings: readonly string[];
}

/** The groups that give a person something, of SCIM and of directories; for a person as they are under the settings of now. */
export async function mappedGroupsOf(
  deps: GroupDependencies,
  organizationId: string,
  person: User,
): Promise<readonly MappedMembership[]> {
  const mappings = (await mappingsOfPeople(deps, organizationId, [person])).get(person.id) ?? [];
  const byGroup = Map.groupBy(mappings, ({ group }) => groupKey(group));
  return [...byGroup.values()].flatMap((own) => {
    const [first] = own;
    return first ? [{ group: first.group, mappings: own.map(({ id }) => id) }] : [];
  });
}

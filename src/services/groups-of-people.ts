import { type GroupMapping, groupKey } from '../core/group-mapping.ts';
import { isMapped } from '../core/held-access.ts';
import { GROUP } from '../core/scim-resource.ts';
import { EVERYBODY } from '../core/scope.ts';
import { DIRECTORIES, type DirectoryName, recordOf, type User } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';
import { joinedGroups } from './joined-groups.ts';

export type GroupDependencies = {
  readonly stores: Pick<Stores, 'groupMappings' | 'directoryGroups' | 'resources' | 'tokens'>;
};

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

/**
 * The groups people are in: of SCIM those that the connection which owns a person has them in, or any while none does; of a directory
 * those it last told about its record of them.
 */
export async function groupsOfPeople(
  deps: GroupDependencies,
  organizationId: string,
  people: readonly User[],
): Promise<GroupKeys> {
  const mapped = people.filter(isMapped);
  const groups = new Map<string, string[]>();
  const note = (person: User, keys: readonly string[]) =>
    groups.set(person.id, [...(groups.get(person.id) ?? []), ...keys]);
  await noteScimGroups(deps, organizationId, mapped, note);
  for (const source of DIRECTORIES) await noteDirectoryGroups(deps, organizationId, source, mapped, note);
  return groups;
}

type Note = (person: User, keys: readonly string[]) => void;

async function noteScimGroups(
  { stores }: GroupDependencies,
  organizationId: string,
  people: readonly User[],
  note: Note,
): Promise<void> {
  const seen = people.filter(({ scim }) => scim.id !== null);
  if (seen.length === 0) return;
  for (const { id: connectionId } of await stores.tokens.connections(organizationId)) {
    const own = seen.filter(({ scim }) => scim.connectionId === null || scim.connectionId === connectionId);
    const space = { organizationId, connectionId, type: GROUP };
    const ids = own.map(({ scim }) => scim.id ?? '');
    const joined = await joinedGroups(stores.resources, space, ids);
    for (const person of own) {
      const found = joined.get(person.scim.id ?? '') ?? [];
      note(
        person,
        found.map(({ id }) => groupKey({ source: 'scim', connectionId, id })),
      );
    }
  }
}

async function noteDirectoryGroups(
  { stores }: GroupDependencies,
  organizationId: string,
  source: DirectoryName,
  people: readonly User[],
  note: Note,
): Promise<void> {
  const known = people.flatMap((person) => {
    const { externalId = null, directory } = recordOf(person, source) ?? {};
    return externalId !== null && directory?.present ? [{ person, externalId }] : [];
  });
  if (known.length === 0) return;
  const ids = known.map(({ externalId }) => externalId);
  const found = await stores.directoryGroups.groupsOf(organizationId, source, [...ids, EVERYBODY]);
  for (const { person, externalId } of known) {
    const names = [...(found.get(externalId) ?? []), ...(found.get(EVERYBODY) ?? [])];
    note(
      person,
      [...new Set(names)].map((id) => groupKey({ source, connectionId: null, id })),
    );
  }
}

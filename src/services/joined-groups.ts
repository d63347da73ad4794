import type { GroupReference, ResourceSpace, ResourceStore } from '../ports/resource-store.ts';

/** A group somebody is in: itself, or through a group that is in it. */
export interface JoinedGroup extends GroupReference {
  readonly direct: boolean;
}

type Parents = ReadonlyMap<string, readonly GroupReference[]>;

/** Groups in groups in groups that are followed: each level is a query. */
const DEEPEST_NESTING = 64;

/** Groups read at once. */
const AT_ONCE = 200;

/** The groups people are in, by SCIM id, direct ones first; who is in no group is absent. One query a level, whoever is asked for. */
export async function joinedGroups(
  resources: ResourceStore,
  space: ResourceSpace,
  scimIds: readonly string[],
): Promise<ReadonlyMap<string, readonly JoinedGroup[]>> {
  if (scimIds.length === 0) return new Map();
  const parents = await parentsOf(resources, space, scimIds);
  const joined = scimIds.map((id) => [id, joinedBy(id, parents)] as const);
  return new Map(joined.filter(([, groups]) => groups.length > 0));
}

/** The SCIM ids of everybody in these groups or in those that are in them; null when they are more than `most`. */
export async function peopleIn(
  resources: ResourceStore,
  space: ResourceSpace,
  groupIds: readonly string[],
  most: number,
): Promise<ReadonlySet<string> | null> {
  const people = new Set<string>();
  const seen = new Set(groupIds);
  const waiting = [...seen];
  while (waiting.length > 0 && people.size <= most) {
    const found = await resources.members(space, waiting.splice(0, AT_ONCE));
    for (const { id, kind } of [...found.values()].flatMap((group) => group.members)) {
      if (kind === 'User') people.add(id);
      else if (!seen.has(id)) {
        seen.add(id);
        waiting.push(id);
      }
    }
  }
  return people.size > most ? null : people;
}

async function parentsOf(resources: ResourceStore, space: ResourceSpace, scimIds: readonly string[]): Promise<Parents> {
  const parents = new Map<string, readonly GroupReference[]>();
  let next: readonly string[] = scimIds;
  for (let level = 0; next.length > 0 && level < DEEPEST_NESTING; level++) {
    const found = await resources.groupsOf(space, next);
    for (const id of next) parents.set(id, found.get(id) ?? []);
    const above = [...found.values()].flatMap((groups) => groups.map(({ id }) => id));
    next = [...new Set(above)].filter((id) => !parents.has(id));
  }
  return parents;
}

/** Upwards from one person; a group that contains itself is met once. */
function joinedBy(id: string, parents: Parents): readonly JoinedGroup[] {
  const joined = new Map<string, JoinedGroup>();
  let next: readonly string[] = [id];
  for (let direct = true; next.length > 0; direct = false) {
    const above = next.flatMap((child) => parents.get(child) ?? []).filter((group) => !joined.has(group.id));
    for (const group of above) joined.set(group.id, { ...group, direct });
    next = [...new Set(above.map((group) => group.id))];
  }
  return [...joined.values()];
}

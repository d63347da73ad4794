import { groupChangeOf } from '../core/group-change.ts';
import { type GroupMapping, groupKey, type MappedGroup } from '../core/group-mapping.ts';
import { type HeldAccess, heldAccess } from '../core/held-access.ts';
import { GROUP, type MemberChange } from '../core/scim-resource.ts';
import type { Actor, DirectoryName, User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { ResourceSpace } from '../ports/resource-store.ts';
import { currentUser } from './current-user.ts';
import type { WriteDependencies } from './dependencies.ts';
import { grantSources, holdings } from './held-access.ts';
import { joinedGroups, peopleIn } from './joined-groups.ts';
import { readOrganization } from './organizations.ts';
import { recordChange } from './record-change.ts';

/** People whom one change of a group tells one by one; of more, one event tells how many it was about. */
const MOST_TOLD = 200;

/** Which group changed, at whose word, and what makes this change of it unlike any other. */
interface Change {
  readonly organizationId: string;
  readonly group: MappedGroup;
  readonly by: Actor;
  readonly mark: string;
}

/** To be called once a change of a group is stored. */
export type Tell = (change: Pick<Change, 'by' | 'mark'>) => Promise<void>;

const NOTHING: Tell = async () => undefined;

/**
 * Notes what those hold whom a change of a SCIM group is about, so that it can be told whose access it changed: in their history and in
 * the feed. Costs nothing more where no mapping names the group or one it is in.
 */
export async function watchScimGroup(
  deps: WriteDependencies,
  space: ResourceSpace,
  groupId: string,
  members: MemberChange | 'gone',
): Promise<Tell> {
  const { organizationId, connectionId } = space;
  if (space.type !== GROUP || !(await isMappedGroup(deps, space, groupId))) return NOTHING;
  const group: MappedGroup = { source: 'scim', connectionId, id: groupId };
  const { joining, leaving } = await moversOf(deps, space, groupId, members);
  const people = await everybodyAmong(deps, space, [...joining, ...leaving]);
  if (people === null)
    return (change) => tellOfMany(deps, { ...change, organizationId, group }, joining.length, leaving.length);
  const before = await holdings(deps, organizationId, people);
  return async (change) => {
    const after = await holdings(deps, organizationId, people);
    for (const { id, scim } of people) {
      const [had, has] = [before.get(id)?.held, after.get(id)?.held];
      const joined = joining.length > 0 && !leaving.includes(scim.id ?? '');
      if (had && has) await tellOne(deps, { ...change, organizationId, group }, id, joined, had, has);
    }
  };
}

/** Tells the same of a group of a directory that a run has read anew: who is in it by now and was not, and the other way round. */
export async function tellDirectoryGroup(
  deps: WriteDependencies,
  { organizationId, group, by, mark }: Change,
  joining: readonly string[],
  leaving: readonly string[],
  isEverybody: boolean,
): Promise<void> {
  if (joining.length + leaving.length === 0) return;
  const change = { organizationId, group, by, mark };
  if (isEverybody || joining.length + leaving.length > MOST_TOLD)
    return tellOfMany(deps, change, joining.length, leaving.length);
  const own = await deps.stores.groupMappings.ofGroups(organizationId, [groupKey(group)]);
  const organization = await readOrganization(deps, organizationId);
  const source = group.source as DirectoryName;
  const found = await deps.stores.users.findBySourceKeys(organizationId, source, null, [...joining, ...leaving]);
  const people = found.map((user) => currentUser(user, organization));
  const roles = own.flatMap((mapping) => mapping.roles);
  const sourcesOf = await grantSources(deps, organizationId, people, roles);
  for (const person of people) {
    const record = person.records.find((one) => one.source === source);
    if (!record?.directory?.present) continue;
    const joined = joining.includes(record.externalId ?? '');
    const sources = sourcesOf(person);
    const others = sources.mappings.filter(({ id }) => !own.some((mapping) => mapping.id === id));
    const then: readonly GroupMapping[] = joined ? others : [...sources.mappings, ...own];
    const before = heldAccess(person, { ...sources, mappings: then });
    await tellOne(deps, change, person.id, joined, before, heldAccess(person, sources));
  }
}

async function isMappedGroup({ stores }: WriteDependencies, space: ResourceSpace, groupId: string): Promise<boolean> {
  const { organizationId, connectionId } = space;
  if ((await stores.groupMappings.list(organizationId, null, 1)).items.length === 0) return false;
  const above = (await joinedGroups(stores.resources, space, [groupId])).get(groupId) ?? [];
  const keys = [groupId, ...above.map(({ id }) => id)].map((id) => groupKey({ source: 'scim', connectionId, id }));
  return (await stores.groupMappings.ofGroups(organizationId, keys)).length > 0;
}

interface Movers {
  readonly joining: readonly string[];
  readonly leaving: readonly string[];
}

async function moversOf(
  { stores }: WriteDependencies,
  space: ResourceSpace,
  groupId: string,
  members: MemberChange | 'gone',
): Promise<Movers> {
  if (members !== 'gone' && !members.replace)
    return { joining: members.add.map(({ id }) => id), leaving: members.remove };
  const shown = (await stores.resources.members(space, [groupId])).get(groupId)?.members ?? [];
  const was = new Set(shown.map(({ id }) => id));
  const is = new Set(members === 'gone' ? [] : members.add.map(({ id }) => id));
  return { joining: [...is].filter((id) => !was.has(id)), leaving: [...was].filter((id) => !is.has(id)) };
}

/** The people among them and in the groups among them; null when they are too many to be told. */
async function everybodyAmong(
  deps: WriteDependencies,
  space: ResourceSpace,
  ids: readonly string[],
): Promise<readonly User[] | null> {
  const { organizationId } = space;
  if (ids.length > MOST_TOLD) return null;
  const { stores } = deps;
  const groups = [...(await stores.resources.getMany(space, ids)).keys()];
  const below = groups.length === 0 ? new Set<string>() : await peopleIn(stores.resources, space, groups, MOST_TOLD);
  if (below === null) return null;
  const scimIds = [...new Set([...ids, ...below])].filter((id) => !groups.includes(id));
  if (scimIds.length > MOST_TOLD) return null;
  const organization = await readOrganization(deps, organizationId);
  const found = await Promise.all(scimIds.map((id) => stores.users.findByScimId(organizationId, id)));
  return found.filter((user) => user !== null).map((user) => currentUser(user, organization));
}

async function tellOne(
  deps: WriteDependencies,
  { organizationId, group, by, mark }: Change,
  userId: string,
  joined: boolean,
  before: HeldAccess,
  after: HeldAccess,
): Promise<void> {
  const told = groupChangeOf({ group: group.id, joined, mark }, before, after);
  if (told === null) return;
  await recordChange(deps, {
    organizationId,
    by,
    onTaken: 'hold',
    find: () => deps.stores.users.get(organizationId, userId),
    draft: (user) => (user.version === 0 ? null : { user: { ...user, lastGroupChange: told } }),
  });
}

/** One event for all: nobody's document is touched for a change that is about so many. */
async function tellOfMany(
  { stores, clock, onEvents }: WriteDependencies,
  { organizationId, group, by, mark }: Change,
  joined: number,
  left: number,
): Promise<void> {
  const changes = { group: [group.id, group.id], joined: [null, joined], left: [null, left] } as const;
  const id = `${organizationId}:group:${groupKey(group)}:${mark}`;
  const event = { id, organizationId, userId: '', type: 'group.members_changed', by, changes, effects: [] } as const;
  await stores.events.add({ ...event, at: timestamp(clock) });
  onEvents();
}

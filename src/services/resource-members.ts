import { AppError } from '../core/errors.ts';
import { type MemberStep, type NamedMember, namedIn, newcomers, planMembers } from '../core/member-change.ts';
import type { Member, MemberChange, ScimResource } from '../core/scim-resource.ts';
import type { ResourceSpace, ResourceStore } from '../ports/resource-store.ts';
import type { Stores } from '../ports/stores.ts';
import type { LostRace } from './lost-races.ts';

type MemberStores = Pick<Stores, 'users' | 'resources'>;

const NOBODY: ReadonlyMap<string, Member> = new Map();

/**
 * What a request means for the members of a group as it is stored; null when nothing changes. The group is never read as a whole,
 * but where all of it is replaced. Throws `invalid` for an id that never was anybody's.
 */
export async function changeOfMembers(
  stores: MemberStores,
  group: ScimResource,
  steps: readonly MemberStep[],
): Promise<MemberChange | null | LostRace> {
  const named = namedIn(steps);
  const isNew = group.version === 0;
  const known = isNew || named.length === 0 ? NOBODY : await stores.resources.membersAmong(group, group.id, named);
  const plan = planMembers(steps, known);
  const coming = await recognised(stores, group, newcomers(plan, known), known);
  if (!plan.replace) {
    const remove = [...plan.remove].filter((id) => known.has(id));
    return coming.length + remove.length === 0 ? null : { replace: false, add: coming, remove };
  }
  const staying = [...plan.add.keys()].flatMap((id) => known.get(id) ?? []);
  if (!isNew && coming.length === 0) {
    const shown = await shownNow(stores.resources, group);
    if (shown === null) return { lostOver: group.id };
    if (shown.every(({ id }) => plan.add.has(id))) return null;
  }
  return { replace: true, add: [...byId(staying, coming).values()], remove: [] };
}

/** Those in the group; null when it was changed since it was read. */
async function shownNow(resources: ResourceStore, group: ScimResource): Promise<readonly Member[] | null> {
  const now = (await resources.members(group, [group.id])).get(group.id);
  return now?.version === group.version ? now.members : null;
}

function byId(...lists: readonly (readonly Member[])[]): ReadonlyMap<string, Member> {
  return new Map(lists.flat().map((member) => [member.id, member]));
}

/**
 * Finds out what newcomers are. People deleted over SCIM and removed groups are passed over: a provider that repeats itself must not
 * be stopped by them.
 */
async function recognised(
  { users, resources }: MemberStores,
  space: ResourceSpace,
  coming: readonly NamedMember[],
  known: ReadonlyMap<string, Member>,
): Promise<readonly Member[]> {
  const unknown = coming.map(({ id }) => id).filter((id) => !known.has(id));
  const people =
    unknown.length === 0 ? NO_PEOPLE : await users.knownScimIds(space.organizationId, space.connectionId, unknown);
  const others = unknown.filter((id) => !people.living.has(id) && !people.former.has(id));
  const groups = others.length === 0 ? new Map() : await resources.getMany(space, others);
  const missing = others.filter((id) => !groups.has(id));
  const removed = missing.length === 0 ? new Set() : await resources.removed(space, missing);
  for (const id of missing) if (!removed.has(id)) throw neverExisted(id);
  return coming.flatMap((member): readonly Member[] => {
    const former = known.get(member.id);
    if (former) return [{ ...former, ...member }];
    if (people.living.has(member.id)) return [{ ...member, kind: 'User' }];
    return groups.has(member.id) ? [{ ...member, kind: 'Group' }] : [];
  });
}

const NO_PEOPLE = { living: new Set<string>(), former: new Set<string>() } as const;

const LONGEST_NAMED = 100;

function neverExisted(id: string): AppError {
  return new AppError('invalid', `members: there is no user or group ${JSON.stringify(id.slice(0, LONGEST_NAMED))}`);
}

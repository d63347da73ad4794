import { AppError, stale } from '../../src/core/errors.ts';
import { fold } from '../../src/core/fold.ts';
import { type Member, type MemberChange, type ScimResource, settledMembers } from '../../src/core/scim-resource.ts';
import { shadowOf } from '../../src/core/shadow.ts';
import type {
  ResourceChange,
  ResourceCondition,
  ResourceField,
  ResourceSpace,
  ResourceStore,
} from '../../src/ports/resource-store.ts';
import type { UserStore } from '../../src/ports/user-store.ts';
import { showMembers } from '../../src/store/show-members.ts';
import { compares } from './conditions.ts';

interface Entry {
  readonly resource: ScimResource;
  readonly claims: readonly string[];
  /** In the order in which they came in. */
  readonly members: ReadonlyMap<string, Member>;
}

interface Space {
  readonly living: Map<string, Entry>;
  readonly removed: Set<string>;
}

type Users = Pick<UserStore, 'findByScimId' | 'knownScimIds'>;

/** Groups and other resources in memory: by space, each with its claims and members. */
export function createMemoryResources(users: Users): ResourceStore {
  const spaces = new Map<string, Space>();
  const spaceOf = ({ organizationId, connectionId, type }: ResourceSpace): Space => {
    const key = JSON.stringify([organizationId, connectionId, type]);
    const known = spaces.get(key) ?? { living: new Map(), removed: new Set() };
    spaces.set(key, known);
    return known;
  };
  const inOrder = (space: ResourceSpace): readonly Entry[] =>
    [...spaceOf(space).living.values()].sort((a, b) => (a.resource.id < b.resource.id ? -1 : 1));

  function save({ resource, claims, members }: ResourceChange): void {
    const { living, removed } = spaceOf(resource);
    const stored = living.get(resource.id);
    if ((stored?.resource.version ?? 0) !== resource.version - 1 || removed.has(resource.id))
      throw stale('this resource');
    const rivals = [...living.values()].filter(({ resource: { id } }) => id !== resource.id);
    const holder = rivals.find((rival) => rival.claims.some((claim) => claims.includes(claim)));
    if (holder)
      throw new AppError('resource_name_taken', 'another resource has this name', { resourceId: holder.resource.id });
    const before = stored?.members ?? new Map();
    living.set(resource.id, { resource, claims, members: members ? membersAfter(before, members) : before });
  }

  function remove(space: ResourceSpace, id: string, version: number | undefined): boolean {
    const { living, removed } = spaceOf(space);
    const stored = living.get(id);
    if (!stored) return false;
    if (version !== undefined && version !== stored.resource.version) throw stale('this resource');
    living.delete(id);
    removed.add(id);
    for (const [other, entry] of living) living.set(other, { ...entry, members: without(entry.members, id) });
    return true;
  }

  async function shownNames(space: ResourceSpace, kind: Member['kind'], ids: readonly string[]) {
    if (kind === 'Group') return new Map(ids.flatMap((id) => entriesNamed(spaceOf(space).living.get(id))));
    const { living } = await users.knownScimIds(space.organizationId, space.connectionId, ids);
    const people = await Promise.all([...living].map((id) => users.findByScimId(space.organizationId, id)));
    return new Map(
      people.flatMap((user) => (user?.scim.id ? [[user.scim.id, shadowOf(user).shownName] as const] : [])),
    );
  }

  const members = async (space: ResourceSpace, groups: readonly Entry[]) =>
    showMembers(
      groups.map((group) => ({ ...group.resource, members: [...group.members.values()] })),
      (kind, ids) => shownNames(space, kind, ids),
    );
  const entriesOf = ({ living }: Space, ids: readonly string[]): readonly Entry[] =>
    [...new Set(ids)].flatMap((id) => living.get(id) ?? []);

  return {
    save: async (change) => save(change),
    remove: async (space, id, version) => remove(space, id, version),
    get: async (space, id) => spaceOf(space).living.get(id)?.resource ?? null,
    getMany: async (space, ids) =>
      new Map(entriesOf(spaceOf(space), ids).map(({ resource }) => [resource.id, resource])),
    removed: async (space, ids) => new Set(ids.filter((id) => spaceOf(space).removed.has(id))),
    async list(query) {
      const everything = inOrder(query);
      const shown = await members(query, everything);
      const accepted = everything
        .map(({ resource }) => resource)
        .filter((resource) => satisfies(resource, idsOf(shown.get(resource.id)), query.condition));
      const { from, limit } = query;
      if ('after' in from && !/^[\w-]*$/.test(from.after ?? '')) throw new AppError('invalid', 'no key of this list');
      const rest =
        'after' in from
          ? accepted.filter(({ id }) => from.after === null || id > from.after)
          : accepted.slice(from.offset);
      const resources = rest.slice(0, limit);
      const next = limit > 0 && rest.length > limit ? (resources.at(-1)?.id ?? null) : null;
      return { resources, total: accepted.length, next };
    },
    members: (space, groupIds) => members(space, entriesOf(spaceOf(space), groupIds)),
    async membersAmong(space, groupId, ids) {
      const inGroup = spaceOf(space).living.get(groupId)?.members ?? new Map<string, Member>();
      return new Map([...inGroup].filter(([id]) => ids.includes(id)));
    },
    async groupsOf(space, memberIds) {
      const groups = inOrder(space);
      const of = (id: string) =>
        groups.filter((group) => group.members.has(id)).map(({ resource }) => reference(resource));
      return new Map(
        [...new Set(memberIds)].map((id) => [id, of(id)] as const).filter(([, found]) => found.length > 0),
      );
    },
    repair: async () => 0,
  };
}

function membersAfter(before: ReadonlyMap<string, Member>, change: MemberChange): ReadonlyMap<string, Member> {
  const { replace, add, remove } = settledMembers(change);
  const added = new Set(add.map(({ id }) => id));
  const after = new Map([...before].filter(([id]) => (replace ? added.has(id) : !remove.includes(id))));
  for (const member of add) {
    const display = member.display ?? (replace ? undefined : after.get(member.id)?.display);
    after.set(member.id, display === undefined ? member : { ...member, display });
  }
  return after;
}

function without(members: ReadonlyMap<string, Member>, id: string): ReadonlyMap<string, Member> {
  return new Map([...members].filter(([member]) => member !== id));
}

function entriesNamed(entry: Entry | undefined): readonly (readonly [string, string])[] {
  return entry ? [[entry.resource.id, nameOf(entry.resource) ?? '']] : [];
}

function nameOf({ attributes: { displayName } }: ScimResource): string | null {
  return typeof displayName === 'string' ? displayName : null;
}

const reference = (resource: ScimResource) => ({ id: resource.id, displayName: nameOf(resource) });

const idsOf = (group: { readonly members: readonly Member[] } | undefined): readonly string[] =>
  group?.members.map(({ id }) => id) ?? [];

const VALUES: Readonly<
  Record<ResourceField, (resource: ScimResource, members: readonly string[]) => string | null | readonly string[]>
> = {
  id: ({ id }) => id,
  externalId: ({ externalId }) => externalId,
  displayName: (resource) => {
    const name = nameOf(resource);
    return name === null ? null : fold(name);
  },
  created: ({ createdAt }) => createdAt,
  lastModified: ({ updatedAt }) => updatedAt,
  member: (_, members) => members,
};

/** Whether a resource satisfies a condition, read off itself and its members: what every store must agree with. */
function satisfies(
  resource: ScimResource,
  members: readonly string[],
  condition: ResourceCondition | undefined,
): boolean {
  if (!condition) return true;
  const holds = (part: ResourceCondition) => satisfies(resource, members, part);
  if ('and' in condition) return condition.and.every(holds);
  if ('or' in condition) return condition.or.some(holds);
  if ('not' in condition) return !holds(condition.not);
  const { field, op, value } = condition;
  const rule = { folded: field === 'displayName', part: false };
  return compares(rule, VALUES[field](resource, members), op, value);
}

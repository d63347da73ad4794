import { tooMany } from '../core/errors.ts';
import type { MappedGroup } from '../core/group-mapping.ts';
import { GROUP } from '../core/scim-resource.ts';
import { EVERYBODY } from '../core/scope.ts';
import type { DirectoryName, User } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';
import type { WriteDependencies } from './dependencies.ts';
import { peopleIn } from './joined-groups.ts';

/** People of a group who are looked at one by one. */
export const MOST_PEOPLE = 50_000;

const AT_ONCE = 200;

/** Whether it is known who is in the group: a directory's is read by runs. */
export async function isRead(
  { stores }: { readonly stores: Pick<Stores, 'directoryGroups'> },
  organizationId: string,
  { source, id }: MappedGroup,
): Promise<boolean> {
  return (
    source === 'scim' || (await stores.directoryGroups.members({ organizationId, source, group: id }, null, 1)) !== null
  );
}

/** Everybody in a group and in those that are in it, some at a time. Throws `too_many` for more than 50,000. */
export async function* peopleOfGroup(
  deps: WriteDependencies,
  organizationId: string,
  { source, connectionId, id }: MappedGroup,
): AsyncIterable<readonly User[]> {
  if (source !== 'scim') return yield* inDirectoryGroup(deps, organizationId, source, id);
  const space = { organizationId, connectionId: connectionId ?? '', type: GROUP };
  const found = await peopleIn(deps.stores.resources, space, [id], MOST_PEOPLE);
  if (!found) throw tooMany(MOST_PEOPLE);
  const ids = [...found];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE);
    const people = await Promise.all(some.map((scimId) => deps.stores.users.findByScimId(organizationId, scimId)));
    yield people.filter((person) => person !== null);
  }
}

async function* inDirectoryGroup(
  { stores }: WriteDependencies,
  organizationId: string,
  source: DirectoryName,
  group: string,
): AsyncIterable<readonly User[]> {
  let after: string | null = null;
  for (;;) {
    const keys: readonly string[] =
      (await stores.directoryGroups.members({ organizationId, source, group }, after, AT_ONCE)) ?? [];
    if (keys.includes(EVERYBODY)) return yield* inDirectory({ stores }, organizationId, source);
    if (keys.length > 0) yield await stores.users.findBySourceKeys(organizationId, source, null, keys);
    if (keys.length < AT_ONCE) return;
    after = keys.at(-1) ?? null;
  }
}

async function* inDirectory(
  { stores }: Pick<WriteDependencies, 'stores'>,
  organizationId: string,
  source: DirectoryName,
): AsyncIterable<readonly User[]> {
  let cursor: string | null = null;
  do {
    const condition = { field: 'sources', op: 'eq', value: source } as const;
    const page = await stores.users.list(organizationId, condition, cursor, AT_ONCE);
    yield page.items;
    cursor = page.next;
  } while (cursor !== null);
}

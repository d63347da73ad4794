import { distinctGrants, inOneName, sameGrants } from '../core/catalog.ts';
import { AppError, notFound, stale } from '../core/errors.ts';
import { fold } from '../core/fold.ts';
import { type GroupMapping, groupKey, type MappedGroup, type MappedLevel } from '../core/group-mapping.ts';
import { type Json, sameJson } from '../core/json.ts';
import { GROUP } from '../core/scim-resource.ts';
import { refuseMistakes, unknownGrants } from '../core/unknown-grants.ts';
import type { Actor, Grant, Level } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { WriteDependencies } from './dependencies.ts';
import { readKnownEntries } from './known-entries.ts';
import { wasFirst } from './lost-races.ts';
import { readOrganization } from './organizations.ts';
import { isRead } from './people-of-group.ts';
import { readDefaultConnection } from './scim-connections.ts';
import { startRun } from './start-run.ts';
import type { SyncDependencies } from './sync-step.ts';
import { tellMapping } from './tell-mapping.ts';

/** What a mapping shall be. */
export interface MappingEdit {
  /** Without a connection: the one the organization started with. */
  readonly group: {
    readonly source: MappedGroup['source'];
    readonly connectionId?: string | undefined;
    readonly id: string;
  };
  readonly level?: Level | undefined;
  readonly roles: readonly Grant[];
}

/** Which mapping, and the version its sender read; null when they do not care. */
export interface MappingTarget {
  readonly organizationId: string;
  readonly id: string;
  readonly ifMatch: number | null;
  readonly by: Actor;
}

type Facts = Pick<GroupMapping, 'group' | 'level' | 'roles'>;

/** Mappings an organization can have. */
const MOST_MAPPINGS = 1_000;
const MOST_TRIES = 50;

/** Throws `not_found`. */
export async function readMapping({ stores }: Pick<WriteDependencies, 'stores'>, organizationId: string, id: string) {
  const mapping = await stores.groupMappings.get(organizationId, id);
  if (!mapping) throw notFound('group mapping');
  return mapping;
}

/**
 * Makes or changes a mapping: whoever is in the group has what it gives from now on. The same again writes nothing.
 *
 * Throws what `plannedMapping` throws, and `invalid` for too many mappings.
 */
export async function putMapping(
  deps: SyncDependencies,
  target: MappingTarget,
  edit: MappingEdit,
): Promise<GroupMapping> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const { before, after } = await plannedMapping(deps, target, edit);
    if (before && sameFacts(before, after)) return before;
    if (!before && (await deps.stores.groupMappings.count(target.organizationId)) >= MOST_MAPPINGS)
      throw new AppError('invalid', `an organization has at most ${MOST_MAPPINGS} group mappings`, { attribute: 'id' });
    if (!(await wasFirst(deps.stores.groupMappings.save(after)))) continue;
    await tellMapping(deps, before, after, target.by);
    if (before) await forgetUnmapped(deps, before);
    await readSoon(deps, after);
    return after;
  }
  throw stale('this group mapping');
}

/** Forgets a mapping: what it gave is gone at once. Throws `not_found`, `precondition_failed`. */
export async function deleteMapping(deps: WriteDependencies, target: MappingTarget): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const mapping = await readMapping(deps, target.organizationId, target.id);
    refuseOther(target, mapping.version);
    if (!(await deps.stores.groupMappings.remove(target.organizationId, target.id, mapping.version))) continue;
    await tellMapping(deps, mapping, null, target.by);
    return forgetUnmapped(deps, mapping);
  }
  throw stale('this group mapping');
}

/** Who was in a directory's group means nothing once no mapping names it. */
async function forgetUnmapped(
  { stores }: WriteDependencies,
  { organizationId, group }: Pick<GroupMapping, 'organizationId' | 'group'>,
): Promise<void> {
  if (group.source === 'scim') return;
  const others = await stores.groupMappings.ofGroups(organizationId, [groupKey(group)]);
  if (others.length === 0) await stores.directoryGroups.forget(organizationId, group.source, group.id);
}

/** A run reads a directory's group that was never read; while the sync is off, the first one after it is switched on. */
async function readSoon(deps: SyncDependencies, { organizationId, group }: GroupMapping): Promise<void> {
  if (group.source === 'scim' || (await isRead(deps, organizationId, group))) return;
  const { settings } = await readOrganization(deps, organizationId);
  const integration = await deps.stores.integrations.get(organizationId, group.source);
  if (integration && settings[group.source].syncUsers) await startRun(deps, organizationId, group.source, 'settings');
}

/**
 * The mapping as it is (null: there is none) and as it shall be.
 *
 * Throws `precondition_failed`; `never_admin`, `unknown_group`, `unknown_role` and `unknown_scope` with their places. What the mapping
 * names already may be named again.
 */
export async function plannedMapping(
  deps: WriteDependencies,
  target: MappingTarget,
  { level, roles, ...named }: MappingEdit,
): Promise<{ readonly before: GroupMapping | null; readonly after: GroupMapping }> {
  const { organizationId, id } = target;
  await readOrganization(deps, organizationId);
  const before = await deps.stores.groupMappings.get(organizationId, id);
  refuseOther(target, before?.version ?? 0);
  const group = await placed(deps, organizationId, named.group);
  const facts: Facts = { group, level: mappedLevel(level), roles: plannedRoles(organizationId, before, roles) };
  await refuseUnknownGroup(deps, organizationId, group, before);
  const known = await readKnownEntries(deps, organizationId, roles);
  refuseMistakes(unknownGrants(organizationId, roles, before?.roles ?? [], known));
  const at = timestamp(deps.clock);
  const version = (before?.version ?? 0) + 1;
  return {
    before,
    after: { id, organizationId, ...facts, version, createdAt: before?.createdAt ?? at, updatedAt: at },
  };
}

/** Each once; their order says nothing. */
function plannedRoles(organizationId: string, before: GroupMapping | null, roles: readonly Grant[]): readonly Grant[] {
  const named = distinctGrants(inOneName(organizationId, roles));
  return before && sameGrants(named, before.roles) ? before.roles : named;
}

function mappedLevel(level: Level | undefined): MappedLevel | null {
  if (level === 'admin')
    refuseMistakes([{ code: 'never_admin', path: 'level', message: 'admin is given by hand only, never by a group' }]);
  return level === 'elevated' ? level : null;
}

async function placed(
  deps: WriteDependencies,
  organizationId: string,
  { source, connectionId, id }: MappingEdit['group'],
): Promise<MappedGroup> {
  if (source !== 'scim') return { source, connectionId: null, id: fold(id) };
  return { source, connectionId: connectionId ?? (await readDefaultConnection(deps, organizationId)).id, id };
}

/** A directory's groups are known only to itself. */
async function refuseUnknownGroup(
  { stores }: WriteDependencies,
  organizationId: string,
  group: MappedGroup,
  before: GroupMapping | null,
): Promise<void> {
  if (group.connectionId === null || (before && groupKey(before.group) === groupKey(group))) return;
  const space = { organizationId, connectionId: group.connectionId, type: GROUP };
  if (!(await stores.resources.get(space, group.id)))
    refuseMistakes([{ code: 'unknown_group', path: 'group.id', message: 'the connection has no such group' }]);
}

function refuseOther({ ifMatch }: MappingTarget, version: number): void {
  if (ifMatch !== null && ifMatch !== version)
    throw new AppError('precondition_failed', 'the group mapping was changed since you read it');
}

function sameFacts(left: GroupMapping, right: GroupMapping): boolean {
  const factsOf = ({ group, level, roles }: GroupMapping) => ({ group, level, roles }) as unknown as Json;
  return sameJson(factsOf(left), factsOf(right));
}

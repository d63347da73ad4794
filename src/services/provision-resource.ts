import { AppError } from '../core/errors.ts';
import { sameJson } from '../core/json.ts';
import type { MemberStep } from '../core/member-change.ts';
import type { ScimResource } from '../core/scim-resource.ts';
import type { Attributes } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { ResourceCondition, ResourceQuery, ResourceSpace, ResourceStore } from '../ports/resource-store.ts';
import { checkMatch } from './check-match.ts';
import type { WriteDependencies } from './dependencies.ts';
import { type LostRace, orLost, untilWon } from './lost-races.ts';
import { readOrganization } from './organizations.ts';
import { refuseWhenOff } from './provision.ts';
import { changeOfMembers } from './resource-members.ts';
import type { IfMatch, ScimCaller } from './scim-assertion.ts';
import { watchScimGroup } from './tell-group-changes.ts';

/** A type of resource, as far as a write must know it. */
export interface ResourceKind {
  /** Its name: `Group`, or that of a configured type. */
  readonly type: string;
  /** The texts that only one resource of the type may have at a time. */
  claims(attributes: Attributes): readonly string[];
}

/** What a request says about a resource. */
export interface ResourceAssertion {
  /** All of them from now on, by canonical name; null is dropped. */
  readonly attributes: Attributes;
  /** undefined: not mentioned, so it stays. */
  readonly externalId: string | null | undefined;
  readonly opaque: string | undefined;
  /** undefined: the members stay. */
  readonly members?: readonly MemberStep[] | undefined;
}

export interface ResourceListQuery {
  readonly condition?: ResourceCondition | undefined;
  readonly from: ResourceQuery['from'];
  readonly limit: number;
}

/** Groups and the resources of configured types: written by compare-and-swap, each in one piece with its members. */
export interface ProvisionResource {
  /** Throws `resource_name_taken`, `invalid` for a member that never existed, `scim_disabled`. */
  create(caller: ScimCaller, kind: ResourceKind, assertion: ResourceAssertion): Promise<ScimResource>;
  /**
   * PUT and PATCH. `change` may run again on newer facts; what it leaves as it was is not written. Throws `not_found`,
   * `precondition_failed`, and what `create` throws.
   */
  change(
    caller: ScimCaller,
    kind: ResourceKind,
    id: string,
    change: (former: ScimResource) => ResourceAssertion,
    ifMatch: IfMatch,
  ): Promise<ScimResource>;
  /** Its id answers 404 from then on; members stay where they are. */
  remove(caller: ScimCaller, kind: Pick<ResourceKind, 'type'>, id: string, ifMatch: IfMatch): Promise<void>;
  /** Throws `not_found` for what this connection did not make. */
  read(caller: ScimCaller, kind: Pick<ResourceKind, 'type'>, id: string): Promise<ScimResource>;
  getMany(
    caller: ScimCaller,
    kind: Pick<ResourceKind, 'type'>,
    ids: readonly string[],
  ): ReturnType<ResourceStore['getMany']>;
  list(
    caller: ScimCaller,
    kind: Pick<ResourceKind, 'type'>,
    query: ResourceListQuery,
  ): ReturnType<ResourceStore['list']>;
  members(
    caller: ScimCaller,
    kind: Pick<ResourceKind, 'type'>,
    ids: readonly string[],
  ): ReturnType<ResourceStore['members']>;
}

export function createProvisionResource(deps: WriteDependencies): ProvisionResource {
  const { resources } = deps.stores;

  const read: ProvisionResource['read'] = async (caller, kind, id) => {
    const resource = await resources.get(spaceOf(caller, kind), id);
    if (!resource) throw new AppError('not_found', `no ${kind.type} with id ${id}`);
    return resource;
  };
  const refuseOff = async (caller: ScimCaller) =>
    refuseWhenOff(await readOrganization(deps, caller.organizationId), caller);

  return {
    read,

    async create(caller, kind, assertion) {
      await refuseOff(caller);
      const blank = blankResource(deps, caller, kind);
      return untilWon(undefined, () => tryOnce(deps, kind, blank, assertion));
    },

    change: (caller, kind, id, change, ifMatch) =>
      untilWon(deps.inTurn, async () => {
        await refuseOff(caller);
        const former = await read(caller, kind, id);
        checkMatch(former.version, ifMatch);
        return tryOnce(deps, kind, former, change(former));
      }),

    async remove(caller, kind, id, ifMatch) {
      await untilWon(deps.inTurn, async () => {
        await refuseOff(caller);
        const former = await read(caller, kind, id);
        checkMatch(former.version, ifMatch);
        const version = ifMatch === null ? undefined : former.version;
        return orLost(former.id, async () => {
          const tell = await watchScimGroup(deps, former, id, 'gone');
          if (await resources.remove(spaceOf(caller, kind), id, version)) await tell(toldOf(former));
          return former;
        });
      });
    },

    getMany: (caller, kind, ids) => resources.getMany(spaceOf(caller, kind), ids),
    list: (caller, kind, { condition, ...page }) =>
      resources.list({ ...spaceOf(caller, kind), ...page, ...(condition ? { condition } : {}) }),
    members: (caller, kind, ids) => resources.members(spaceOf(caller, kind), ids),
  };
}

export function spaceOf(
  { organizationId, connectionId }: ScimCaller,
  { type }: Pick<ResourceKind, 'type'>,
): ResourceSpace {
  return { organizationId, connectionId, type };
}

function blankResource(deps: WriteDependencies, caller: ScimCaller, kind: ResourceKind): ScimResource {
  const at = timestamp(deps.clock);
  return {
    ...spaceOf(caller, kind),
    id: deps.identifiers.next(),
    externalId: null,
    attributes: {},
    version: 0,
    createdAt: at,
    updatedAt: at,
  };
}

async function tryOnce(
  deps: WriteDependencies,
  kind: ResourceKind,
  former: ScimResource,
  assertion: ResourceAssertion,
): Promise<ScimResource | LostRace> {
  const members = assertion.members && (await changeOfMembers(deps.stores, former, assertion.members));
  if (members && 'lostOver' in members) return members;
  const stated = restated(former, assertion);
  if (!members && former.version > 0 && saysTheSame(former, stated)) return former;
  const resource = { ...stated, version: former.version + 1, updatedAt: timestamp(deps.clock) };
  return orLost(former.id, async () => {
    const claims = kind.claims(resource.attributes);
    const tell = members && former.version > 0 ? await watchScimGroup(deps, former, former.id, members) : null;
    await deps.stores.resources.save(members ? { resource, claims, members } : { resource, claims });
    await tell?.(toldOf(resource));
    return resource;
  });
}

/** A version of a group, as its changes are told. */
const toldOf = ({ connectionId, version }: ScimResource) => ({
  by: { kind: 'connection' as const, id: connectionId },
  mark: String(version),
});

function restated(former: ScimResource, { attributes, externalId, opaque }: ResourceAssertion): ScimResource {
  const { opaque: _, ...rest } = former;
  const given = Object.entries(attributes).filter(([, value]) => value !== null);
  return {
    ...rest,
    externalId: externalId === undefined ? former.externalId : externalId,
    attributes: Object.fromEntries(given),
    ...(opaque === undefined ? {} : { opaque }),
  };
}

function saysTheSame(left: ScimResource, right: ScimResource): boolean {
  return (
    left.externalId === right.externalId && left.opaque === right.opaque && sameJson(left.attributes, right.attributes)
  );
}

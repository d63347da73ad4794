import { GROUP } from '../core/scim-resource.ts';
import { timestamp } from '../ports/clock.ts';
import type { ResourceSpace } from '../ports/resource-store.ts';
import type { WriteDependencies } from './dependencies.ts';
import { orLost, untilWon } from './lost-races.ts';
import type { ResourceKind } from './provision-resource.ts';

/**
 * Takes somebody out of every group they are directly in, whichever connection made it: an ordinary change of each. Until it is
 * through, readers do not see them there any more: their id is dead.
 */
export async function leaveGroups(
  deps: WriteDependencies,
  { claims }: Pick<ResourceKind, 'claims'>,
  organizationId: string,
  scimId: string,
): Promise<void> {
  const { resources, tokens } = deps.stores;
  for (const { id: connectionId } of await tokens.connections(organizationId)) {
    const space: ResourceSpace = { organizationId, connectionId, type: GROUP };
    const groups = (await resources.groupsOf(space, [scimId])).get(scimId) ?? [];
    for (const { id } of groups) await leave(deps, claims, space, id, scimId);
  }
}

function leave(
  { stores: { resources }, clock, inTurn }: WriteDependencies,
  claims: ResourceKind['claims'],
  space: ResourceSpace,
  groupId: string,
  scimId: string,
): Promise<object> {
  return untilWon(inTurn, async () => {
    const group = await resources.get(space, groupId);
    if (!group) return space;
    const resource = { ...group, version: group.version + 1, updatedAt: timestamp(clock) };
    const members = { replace: false, add: [], remove: [scimId] };
    return orLost(groupId, async () => {
      await resources.save({ resource, claims: claims(resource.attributes), members });
      return resource;
    });
  });
}

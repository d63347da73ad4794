import type { GroupMembership } from '../src/services/group-membership.ts';
import type { JoinedGroup } from '../src/services/joined-groups.ts';
import { isShown } from './schema/projection.ts';
import type { ResourceView } from './schema/resource-view.ts';
import type { Asked } from './users.ts';

/**
 * Shows people with the groups they are in (RFC 7643 §4.1.2): of all of them in one query a level of nesting, and not at all where
 * groups are not shown.
 */
export async function withGroups(
  membership: Pick<GroupMembership, 'groupsOf'>,
  { caller, schema, projection, baseUrl }: Pick<Asked, 'caller' | 'schema' | 'projection' | 'baseUrl'>,
  views: readonly ResourceView[],
): Promise<readonly ResourceView[]> {
  const attribute = schema.byKey.get('groups');
  if (!attribute || !isShown(projection, attribute)) return views;
  const ids = views.map(({ scimId }) => scimId);
  const groups = await membership.groupsOf(caller, ids);
  if (groups.size === 0) return views;
  return views.map((view) => {
    const joined = groups.get(view.scimId);
    return joined ? { ...view, groups: joined.map((group) => showGroup(group, baseUrl)) } : view;
  });
}

/** A group as people in it are shown with. */
export function showGroup({ id, displayName, direct }: JoinedGroup, baseUrl: string) {
  return {
    value: id,
    $ref: `${baseUrl}/Groups/${id}`,
    ...(displayName === null ? {} : { display: displayName }),
    type: direct ? 'direct' : 'indirect',
  };
}

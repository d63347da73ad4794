import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/index.js';
import { createGroups, type SimulatedGroup, type SimulatedMember } from '../shared/groups.ts';
import { ok, type Reply } from '../shared/reply.ts';
import { apiError } from './reply.ts';
import type { World } from './world.ts';

type Members = admin_directory_v1.Schema$Members;
type Member = admin_directory_v1.Schema$Member;

/** Groups and their members, as the Directory API shows them. */
export interface GroupsApi {
  put(group: SimulatedGroup): void;
  listMembers(groupKey: string, parameters: URLSearchParams): Reply;
  reset(): void;
}

const PAGE = { most: 200, usual: 200 };

export function createGroupsApi(world: World): GroupsApi {
  const groups = createGroups();

  function memberOf(member: SimulatedMember): readonly Member[] {
    if (typeof member !== 'number') return [{ kind: 'admin#directory#member', role: 'MEMBER', ...member }];
    const user = world.at(member);
    if (!user) return [];
    const { id, primaryEmail, suspended } = user;
    const status = suspended ? 'SUSPENDED' : 'ACTIVE';
    const facts = { role: 'MEMBER', type: 'USER', status, etag: `"member-${member}"` };
    return [{ kind: 'admin#directory#member', ...facts, id: id ?? null, email: primaryEmail ?? null }];
  }

  return {
    put: groups.put,
    reset: groups.reset,
    listMembers(groupKey, parameters) {
      const group = groups.find(groupKey);
      if (!group) return apiError(404, 'notFound', 'Resource Not Found: groupKey');
      const size = Number(parameters.get('maxResults') ?? PAGE.usual);
      if (!Number.isInteger(size) || size < 1) return apiError(400, 'invalidParameter', 'Invalid Input: maxResults');
      const start = Number(parameters.get('pageToken')?.replace(/^members-/, '') ?? 0);
      if (!Number.isInteger(start)) return apiError(400, 'invalid', 'Invalid Input: pageToken');
      const end = start + Math.min(size, PAGE.most);
      const members = group.members.slice(start, end).flatMap(memberOf);
      const page: Members = {
        kind: 'admin#directory#members',
        etag: `"${group.id}-${start}"`,
        ...(end < group.members.length ? { nextPageToken: `members-${end}` } : {}),
        // An empty collection omits its key.
        ...(members.length === 0 ? {} : { members: [...members] }),
      };
      return ok(page);
    },
  };
}

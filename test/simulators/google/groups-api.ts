import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/index.js';
import { createGroups, type SimulatedGroup, type SimulatedMember } from '../shared/groups.ts';
import type { Reply } from '../shared/reply.ts';
import { leaves, masked, schemaNames } from './masked.ts';
import { apiError } from './reply.ts';
import type { World } from './world.ts';

type Members = admin_directory_v1.Schema$Members;
type Member = admin_directory_v1.Schema$Member;
type Group = admin_directory_v1.Schema$Group;

/** Groups and their members, as the Directory API shows them. A group whose address is of another domain is there, and not to be read. */
export interface GroupsApi {
  put(group: SimulatedGroup): void;
  get(groupKey: string, parameters: URLSearchParams): Reply;
  listMembers(groupKey: string, parameters: URLSearchParams): Reply;
  reset(): void;
}

const PAGE = { most: 200, usual: 200 };

export function createGroupsApi(world: World): GroupsApi {
  const groups = createGroups();
  const groupNames = leaves(schemaNames('Group'));
  const memberNames = { ...leaves(schemaNames('Members')), members: leaves(schemaNames('Member')) };

  function memberOf(member: SimulatedMember): readonly Member[] {
    if (typeof member !== 'number') return [{ kind: 'admin#directory#member', role: 'MEMBER', ...member }];
    const user = world.at(member);
    if (!user) return [];
    const { id, primaryEmail, suspended } = user;
    const status = suspended ? 'SUSPENDED' : 'ACTIVE';
    const facts = { role: 'MEMBER', type: 'USER', status, etag: `"member-${member}"` };
    return [{ kind: 'admin#directory#member', ...facts, id: id ?? null, email: primaryEmail ?? null }];
  }

  /** The group, or how Google refuses it: one elsewhere is forbidden whether or not it exists, as nobody may find that out. */
  function found(groupKey: string): SimulatedGroup | Reply {
    const group = groups.find(groupKey);
    const address = group?.email ?? groupKey;
    const [, domain] = address.toLowerCase().split('@');
    if (domain !== undefined && !world.tenant.domains.includes(domain))
      return apiError(403, 'forbidden', 'Not Authorized to access this resource/api');
    return group ?? apiError(404, 'notFound', 'Resource Not Found: groupKey');
  }

  return {
    put: groups.put,
    reset: groups.reset,
    get(groupKey, parameters) {
      const group = found(groupKey);
      if ('status' in group) return group;
      const { id, email, name = email, members } = group;
      const facts = { kind: 'admin#directory#group', etag: `"${id}"`, adminCreated: true, description: '' };
      const body: Group = { ...facts, id, email, name, directMembersCount: String(members.length) };
      return masked(body, parameters, groupNames);
    },
    listMembers(groupKey, parameters) {
      const group = found(groupKey);
      if ('status' in group) return group;
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
      return masked(page, parameters, memberNames);
    },
  };
}

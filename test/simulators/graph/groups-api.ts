import { createGroups, type SimulatedGroup, type SimulatedMember } from '../shared/groups.ts';
import { ok, type Reply } from '../shared/reply.ts';
import { apiError, NOT_FOUND } from './reply.ts';
import type { Ask } from './users-api.ts';
import type { World } from './world.ts';

/** Groups and their members, as Graph shows them. */
export interface GroupsApi {
  put(group: SimulatedGroup): void;
  list(ask: Ask): Reply;
  members(ask: Ask): Reply;
  reset(): void;
}

const PAGE = { most: 999, usual: 100 };

export function createGroupsApi(world: World): GroupsApi {
  const groups = createGroups();

  /** Of a person id and type; whoever is in the bin is in no group. */
  function memberOf(member: SimulatedMember): readonly object[] {
    if (typeof member !== 'number') return [member];
    const user = world.place(member) === 'directory' ? world.at(member) : null;
    return user ? [{ '@odata.type': '#microsoft.graph.user', id: user.id }] : [];
  }

  return {
    put: groups.put,
    reset: groups.reset,
    list({ parameters, origin }) {
      const wanted = /^mail eq '((?:[^']|'')*)'$/.exec(parameters.get('$filter') ?? '')?.[1];
      if (wanted === undefined) return apiError(400, 'Request_UnsupportedQuery', 'The filter is not supported here.');
      const group = groups.find(wanted.replaceAll("''", "'"));
      const value = group ? [{ id: group.id }] : [];
      return ok({ '@odata.context': `${origin}/v1.0/$metadata#groups(id)`, value });
    },
    members({ key, parameters, origin }) {
      const group = groups.find(key ?? '');
      if (!group) return NOT_FOUND;
      const size = Number(parameters.get('$top') ?? PAGE.usual);
      if (!Number.isInteger(size) || size < 1 || size > PAGE.most)
        return apiError(400, 'Request_BadRequest', `Invalid page size specified: '${size}'.`);
      const start = Number(parameters.get('$skiptoken') ?? 0);
      const end = start + size;
      const path = `${origin}/v1.0/groups/${group.id}/members?$select=id&$top=${size}&$skiptoken=${end}`;
      const link = end < group.members.length ? { '@odata.nextLink': path } : {};
      const value = group.members.slice(start, end).flatMap(memberOf);
      return ok({ '@odata.context': `${origin}/v1.0/$metadata#directoryObjects(id)`, ...link, value });
    },
  };
}

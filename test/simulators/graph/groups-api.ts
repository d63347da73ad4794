import { createGroups, type SimulatedGroup, type SimulatedMember } from '../shared/groups.ts';
import { ok, type Reply } from '../shared/reply.ts';
import { apiError, NOT_FOUND } from './reply.ts';
import { ROLES } from './token-api.ts';
import type { Ask } from './users-api.ts';
import type { World } from './world.ts';

/** Groups and their members, as Graph shows them. */
export interface GroupsApi {
  put(group: SimulatedGroup): void;
  list(ask: Ask): Reply;
  get(ask: Ask): Reply;
  members(ask: Ask): Reply;
  reset(): void;
}

const PAGE = { most: 999, usual: 100 };
/** What Graph shows of a group when nothing is selected, as far as it matters here. */
const GROUP_PROPERTIES = ['id', 'displayName', 'mail', 'visibility'];

export function createGroupsApi(world: World): GroupsApi {
  const groups = createGroups();

  /** Of a person id and type; whoever is in the bin is in no group. */
  function memberOf(member: SimulatedMember): readonly object[] {
    if (typeof member !== 'number') return [member];
    const user = world.place(member) === 'directory' ? world.at(member) : null;
    return user ? [{ '@odata.type': '#microsoft.graph.user', id: user.id }] : [];
  }

  /** Not an error, and not the members: how Graph answers whoever may not see them. */
  function shownTo(
    roles: readonly string[],
    { hidden }: SimulatedGroup,
    members: readonly object[],
  ): readonly object[] {
    if (hidden === undefined || roles.includes(ROLES.hidden)) return members;
    return hidden === 'nothing' ? [] : members.map((member) => ({ id: Reflect.get(member, 'id') }));
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
    get({ key, parameters, origin }) {
      const group = groups.find(key ?? '');
      if (!group || group.id !== key) return NOT_FOUND;
      const names = parameters.get('$select')?.split(',') ?? GROUP_PROPERTIES;
      const unknown = names.find((name) => !GROUP_PROPERTIES.includes(name));
      if (unknown !== undefined)
        return apiError(400, 'Request_BadRequest', `Could not find a property named '${unknown}' on type 'group'.`);
      const { id, email: mail, name: displayName = null, hidden } = group;
      const whole = { id, displayName, mail, visibility: hidden === undefined ? null : 'HiddenMembership' };
      const shown = Object.entries(whole).filter(([name]) => names.includes(name));
      return ok({ '@odata.context': `${origin}/v1.0/$metadata#groups/$entity`, ...Object.fromEntries(shown) });
    },
    members({ key, parameters, origin, roles }) {
      const group = groups.find(key ?? '');
      if (!group) return NOT_FOUND;
      const size = Number(parameters.get('$top') ?? PAGE.usual);
      if (!Number.isInteger(size) || size < 1 || size > PAGE.most)
        return apiError(400, 'Request_BadRequest', `Invalid page size specified: '${size}'.`);
      const start = Number(parameters.get('$skiptoken') ?? 0);
      const end = start + size;
      const path = `${origin}/v1.0/groups/${group.id}/members?$select=id&$top=${size}&$skiptoken=${end}`;
      const value = shownTo(roles, group, group.members.slice(start, end).flatMap(memberOf));
      const link = end < group.members.length && value.length > 0 ? { '@odata.nextLink': path } : {};
      return ok({ '@odata.context': `${origin}/v1.0/$metadata#directoryObjects(id)`, ...link, value });
    },
  };
}

import type { MembersPage } from '../../src/ports/directory.ts';
import { isRaw, type Raw } from '../raw.ts';
import type { GraphClient } from './client.ts';
import { MEMBER_PERMISSION } from './error-rules.ts';
import { MicrosoftError, meansAbsent } from './errors.ts';
import { GraphFailure, malformed } from './failure.ts';
import { isPath, pathWithin } from './link.ts';
import { quoted } from './look-up.ts';

const MEMBERS = /^\/v1\.0\/groups\/[\w-]+\/members$/;
const PERSON = '#microsoft.graph.user';

/**
 * A page of the direct members of a group, or a retryable failure when it is not a whole page.
 *
 * Of members whose details the application may not see Graph tells id and type, which is enough here.
 */
export async function readMembers(client: GraphClient, group: string, cursor: string | null): Promise<MembersPage> {
  if (cursor !== null && !isPath(cursor)) throw new MicrosoftError('reset', 'listing', 'the place cannot be read');
  try {
    const path = cursor ?? `/groups/${await idOf(client, group)}/members?$select=id&$top=999`;
    const { value, '@odata.nextLink': link } = await client.get(path);
    if (!Array.isArray(value) || !value.every(isRaw)) throw malformed('api', 'the members of a group are no list');
    const next = link === undefined ? null : pathWithin(link, client.origin, MEMBERS);
    if (next !== null && next === cursor) throw malformed('api', 'the page of members names itself as the next one');
    return { ...sortOut(value), next };
  } catch (error) {
    throw explained(error, group);
  }
}

function sortOut(members: readonly Raw[]): Pick<MembersPage, 'externalIds' | 'notices'> {
  const people = members.filter((member) => member['@odata.type'] === PERSON);
  if (people.some(({ id }) => typeof id !== 'string')) throw malformed('api', 'a member came without an id');
  const isNested = people.length < members.length;
  return {
    externalIds: people.map(({ id }) => id as string),
    notices: isNested ? ['members that are no people (groups, devices, applications) are passed over'] : [],
  };
}

async function idOf(client: GraphClient, group: string): Promise<string> {
  if (!group.includes('@')) return encodeURIComponent(group);
  const { value } = await client.get(`/groups?$filter=mail eq ${quoted(group)}&$select=id`);
  const [first, ...others] = Array.isArray(value) ? value.filter(isRaw) : [];
  if (others.length > 0)
    throw new MicrosoftError(
      'config',
      'listing',
      `Several groups have the address ${group}: name one by its object id.`,
    );
  if (typeof first?.id !== 'string') throw noGroup(group);
  return first.id;
}

const noGroup = (group: string, cause?: GraphFailure) =>
  new MicrosoftError('config', 'listing', `There is no group ${group} in this tenant.`, cause);

function explained(error: unknown, group: string): unknown {
  if (!(error instanceof GraphFailure)) return error;
  if (meansAbsent(error)) return noGroup(group, error);
  if (error.status !== 403 || error.step !== 'api') return error;
  const message = `The members of ${group} may not be read: add the Microsoft Graph application permission ${MEMBER_PERMISSION} (for a group with hidden members Member.Read.Hidden too) and grant admin consent.`;
  return new MicrosoftError('config', 'permission', message, error);
}

import type { MembersPage } from '../../src/ports/directory.ts';
import { isRaw, type Raw } from '../raw.ts';
import type { GraphClient } from './client.ts';
import { HIDDEN_MEMBER_PERMISSION, MEMBER_PERMISSION } from './error-rules.ts';
import { MicrosoftError, meansAbsent } from './errors.ts';
import { GraphFailure, malformed } from './failure.ts';
import { type GroupCard, noGroup, readGroup } from './group.ts';
import { isPath, pathWithin } from './link.ts';

const MEMBERS = /^\/v1\.0\/groups\/[\w-]+\/members$/;
const PERSON = '#microsoft.graph.user';

/**
 * A page of the direct members of a group, or a retryable failure when it is not a whole page.
 *
 * Of members whose details the application may not see Graph tells id and type, which is enough here. A hidden membership it answers
 * without an error and without the members: the group is asked first, and no members of it are an answer that says nothing.
 */
export async function readMembers(client: GraphClient, group: string, cursor: string | null): Promise<MembersPage> {
  if (cursor !== null && !isPath(cursor)) throw new MicrosoftError('reset', 'listing', 'the place cannot be read');
  try {
    return cursor === null ? await readFirst(client, group) : await readNext(client, group, cursor);
  } catch (error) {
    throw explained(error, group);
  }
}

async function readFirst(client: GraphClient, group: string): Promise<MembersPage> {
  const card = await readGroup(client, group);
  const { members, next } = await readPage(
    client,
    `/groups/${encodeURIComponent(card.id)}/members?$select=id&$top=999`,
  );
  if (card.isHidden && members.length === 0) throw hidden(card, group);
  if (!members.every(isTyped)) throw untyped(card, group);
  return { ...sortOut(members), next, ...(card.isHidden ? { hidden: true } : {}) };
}

async function readNext(client: GraphClient, group: string, cursor: string): Promise<MembersPage> {
  const { members, next } = await readPage(client, cursor);
  if (next !== null && next === cursor) throw malformed('api', 'the page of members names itself as the next one');
  if (!members.every(isTyped)) throw untyped(await readGroup(client, group), group);
  return { ...sortOut(members), next };
}

async function readPage(client: GraphClient, path: string) {
  const { value, '@odata.nextLink': link } = await client.get(path);
  if (!Array.isArray(value) || !value.every(isRaw)) throw malformed('api', 'the members of a group are no list');
  return { members: value, next: link === undefined ? null : pathWithin(link, client.origin, MEMBERS) };
}

const isTyped = (member: Raw): boolean => typeof member['@odata.type'] === 'string';

function sortOut(members: readonly Raw[]): Pick<MembersPage, 'externalIds' | 'notices'> {
  const people = members.filter((member) => member['@odata.type'] === PERSON);
  if (people.some(({ id }) => typeof id !== 'string')) throw malformed('api', 'a member came without an id');
  const isNested = people.length < members.length;
  return {
    externalIds: people.map(({ id }) => id as string),
    notices: isNested ? ['members that are no people (groups, devices, applications) are passed over'] : [],
  };
}

/** Whether a member without a type is a person nobody can tell. */
const untyped = (card: GroupCard, group: string): Error =>
  card.isHidden ? hidden(card, group) : malformed('api', 'a member came without its type');

function hidden({ name }: GroupCard, group: string): MicrosoftError {
  const called = name === null || name === group ? group : `${name} (${group})`;
  const message = `The members of ${called} are hidden, and Microsoft does not show them: add the Microsoft Graph application permission ${HIDDEN_MEMBER_PERMISSION} and grant admin consent, or take the group out of the scope if it has no members.`;
  return new MicrosoftError('config', 'permission', message);
}

function explained(error: unknown, group: string): unknown {
  if (!(error instanceof GraphFailure)) return error;
  if (meansAbsent(error)) return noGroup(group, error);
  if (error.status !== 403 || error.step !== 'api') return error;
  const message = `The members of ${group} may not be read: add the Microsoft Graph application permission ${MEMBER_PERMISSION} (for a group with hidden members ${HIDDEN_MEMBER_PERMISSION} too) and grant admin consent.`;
  return new MicrosoftError('config', 'permission', message, error);
}

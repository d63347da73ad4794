import { cleanText } from '../clean-text.ts';
import { isRaw } from '../raw.ts';
import type { GraphClient } from './client.ts';
import { MicrosoftError } from './errors.ts';
import { type GraphFailure, malformed } from './failure.ts';
import { quoted } from './look-up.ts';

/** A group as it names itself. */
export interface GroupCard {
  readonly id: string;
  readonly name: string | null;
  /** Its members are shown only to whoever may see hidden ones; others get a good answer without them. */
  readonly isHidden: boolean;
}

/** The group with an object id or an address. Throws a `config` failure when none, or more than one, has it. */
export async function readGroup(client: GraphClient, group: string): Promise<GroupCard> {
  const key = group.includes('@') ? await idOf(client, group) : group;
  const { id, displayName, visibility } = await client.get(
    `/groups/${encodeURIComponent(key)}?$select=id,displayName,visibility`,
  );
  if (typeof id !== 'string' || id === '') throw malformed('api', 'the answer is not a group');
  return { id, name: cleanText(displayName), isHidden: visibility === 'HiddenMembership' };
}

/** What an admin is told of a group that is not there. */
export const noGroup = (group: string, cause?: GraphFailure): MicrosoftError =>
  new MicrosoftError('config', 'listing', `There is no group ${group} in this tenant.`, cause);

async function idOf(client: GraphClient, address: string): Promise<string> {
  const { value } = await client.get(`/groups?$filter=mail eq ${quoted(address)}&$select=id`);
  const [first, ...others] = Array.isArray(value) ? value.filter(isRaw) : [];
  if (others.length > 0)
    throw new MicrosoftError(
      'config',
      'listing',
      `Several groups have the address ${address}: name one by its object id.`,
    );
  if (typeof first?.id !== 'string') throw noGroup(address);
  return first.id;
}

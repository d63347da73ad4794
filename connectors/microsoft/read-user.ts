import type { FoundPerson } from '../../src/ports/directory.ts';
import { isRaw, type Raw } from '../raw.ts';
import type { GraphClient } from './client.ts';
import { meansAbsent } from './errors.ts';
import { GraphFailure, malformed } from './failure.ts';
import { quoted } from './look-up.ts';
import { leftOutOf, toPerson } from './page.ts';
import { SELECT, type Taking } from './person.ts';

/** One person by key, wherever they are but in the bin. */
export async function readUser(client: GraphClient, externalId: string, taking: Taking): Promise<FoundPerson | 'gone'> {
  try {
    return foundOf(await client.get(`/users/${externalId}?$select=${SELECT}`), externalId, taking);
  } catch (error) {
    if (error instanceof GraphFailure && meansAbsent(error)) return 'gone';
    throw error;
  }
}

/** One person by key or address. */
export function readOne(
  client: GraphClient,
  who: { readonly externalId: string } | { readonly email: string },
  taking: Taking,
): Promise<FoundPerson | 'gone'> {
  return 'email' in who ? readByAddress(client, who.email, taking) : readUser(client, who.externalId, taking);
}

/** By mailbox or sign-in name; of two people the one whose mailbox it is. */
async function readByAddress(client: GraphClient, email: string, taking: Taking): Promise<FoundPerson | 'gone'> {
  const filter = `mail eq ${quoted(email)} or userPrincipalName eq ${quoted(email)}`;
  const { value } = await client.get(`/users?$filter=${filter}&$select=${SELECT}`);
  if (!Array.isArray(value) || !value.every(isRaw)) throw malformed('api', 'the answer is no list of people');
  const own = value.find(({ mail }) => typeof mail === 'string' && mail.toLowerCase() === email.toLowerCase());
  const raw = own ?? value[0];
  if (raw === undefined) return 'gone';
  if (typeof raw.id !== 'string') throw malformed('api', 'the answer is not a person');
  return foundOf(raw, raw.id, taking);
}

function foundOf(raw: Raw, externalId: string, taking: Taking): FoundPerson {
  const person = toPerson(raw, externalId, taking);
  const out = leftOutOf(raw, person, taking);
  return { person, leftOut: out && { code: out.code, message: out.message } };
}

export async function isInBin(client: GraphClient, externalId: string): Promise<boolean> {
  try {
    const raw = await client.get(`/directory/deletedItems/${externalId}?$select=id`);
    if (raw.id !== externalId) throw malformed('api', 'the answer is not the person that was asked for');
    return true;
  } catch (error) {
    if (error instanceof GraphFailure && meansAbsent(error)) return false;
    throw error;
  }
}

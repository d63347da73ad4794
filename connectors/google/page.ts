import type { DirectoryPerson } from '../../src/core/directory-person.ts';
import type { DirectoryPage, FailedPerson } from '../../src/ports/directory.ts';
import { isRaw, type Raw } from '../raw.ts';
import { type GoogleFailure, malformed } from './failure.ts';
import { personOf } from './person.ts';

const PAGE_KIND = 'admin#directory#users';
const PERSON_KIND = 'admin#directory#user';

/**
 * Takes a page of users.list apart, or throws a retryable failure when it is not a whole page.
 *
 * `kind` and `etag` prove that Google wrote the page to its end. Google omits an empty `users`, so the key may be absent only
 * on a page that says it is the last. Records that cannot be trusted are listed as failed, and change nobody.
 */
export function toPage(data: unknown, cursor: string | null): DirectoryPage {
  const page = envelope(data, PAGE_KIND);
  const next = page.nextPageToken ?? null;
  if (next !== null && (typeof next !== 'string' || next === '')) throw odd('its page token has an impossible form');
  if (next !== null && next === cursor) throw odd('it names itself as the next one');
  if (page.users === undefined && next !== null) throw odd('it has no users and is not the last');
  const users = page.users ?? [];
  if (!Array.isArray(users)) throw odd('its users are no list');
  return { ...sortOut(users), next };
}

/** Takes the answer of users.get, by key or address, apart; throws a retryable failure when it is not the person asked for. */
export function toPerson(data: unknown, userKey: string): DirectoryPerson {
  const raw = isRaw(data) ? data : {};
  const externalId = userKey.includes('@') ? keyOf(raw) : userKey;
  if (externalId === null || raw.id !== externalId)
    throw malformed('api', 'the answer is not the person that was asked for');
  if (raw.kind !== PERSON_KIND) throw malformed('api', 'the answer is not a person');
  const person = personOf(raw, externalId);
  if (typeof person === 'string') throw malformed('api', `the person cannot be read: ${person}`);
  return person;
}

function envelope(data: unknown, kind: string): Raw {
  if (!isRaw(data)) throw odd('it is not JSON, or was cut off');
  if (data.kind !== kind || typeof data.etag !== 'string' || data.etag === '') throw odd('its kind or etag is missing');
  return data;
}

const odd = (why: string): GoogleFailure => malformed('api', `the page is not whole: ${why}`);

function sortOut(users: readonly unknown[]): Pick<DirectoryPage, 'people' | 'failed'> {
  const people = new Map<string, DirectoryPerson>();
  const failed = new Map<string, FailedPerson>();
  const nameless: FailedPerson[] = [];
  for (const raw of users) {
    const externalId = keyOf(raw);
    if (externalId === null || !isRaw(raw)) {
      nameless.push({ externalId: null, message: 'a record came without a usable id' });
      continue;
    }
    const person = personOf(raw, externalId);
    if (typeof person === 'string') failed.set(externalId, { externalId, message: person });
    else if ((people.get(externalId)?.hash ?? person.hash) === person.hash) people.set(externalId, person);
    else failed.set(externalId, { externalId, message: 'came twice on one page, saying different things' });
  }
  return {
    people: [...people.values()].filter((person) => !failed.has(person.externalId)),
    failed: [...failed.values(), ...nameless],
  };
}

const KEY = /^[\w.-]{1,128}$/;

function keyOf(raw: unknown): string | null {
  return isRaw(raw) && typeof raw.id === 'string' && KEY.test(raw.id) && !/^\.+$/.test(raw.id) ? raw.id : null;
}

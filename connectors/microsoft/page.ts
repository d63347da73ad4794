import type { DirectoryPerson } from '../../src/core/directory-person.ts';
import type { FailedPerson, LeftOutPerson } from '../../src/ports/directory.ts';
import { isRaw, type Raw } from '../raw.ts';
import { type GraphFailure, malformed } from './failure.ts';
import { type Listing, pathOf } from './link.ts';
import { isLicensed, isOpen, personOf, type Taking } from './person.ts';

/** A page of Graph, taken apart as far as it can be without asking again. */
export interface ReadPage {
  readonly people: readonly DirectoryPerson[];
  readonly failed: readonly FailedPerson[];
  readonly leftOut: readonly LeftOutPerson[];
  readonly removed: readonly string[];
  /** Keys about which the page contradicts itself or leaves open what decides; they must be asked for one by one. */
  readonly doubtful: readonly string[];
  readonly next: string | null;
  readonly checkpoint: string | null;
}

/**
 * Takes a page of users or of users/delta apart, or throws a retryable failure when it is not a whole page.
 *
 * The context and the list prove a page; a page of a delta always ends with a link, to the next one or to the next round.
 */
export function toPage(data: Raw, listing: Listing, origin: string, taking: Taking): ReadPage {
  const { '@odata.context': context, value, '@odata.nextLink': nextLink, '@odata.deltaLink': deltaLink } = data;
  if (typeof context !== 'string' || !/\$metadata#users\b/.test(context)) throw odd('its context is missing');
  if (!Array.isArray(value)) throw odd('its people are no list');
  const [next, checkpoint] = [nextLink, deltaLink].map((link) => (link === undefined ? null : pathOf(link, origin)));
  const links = [next, checkpoint].filter((link) => typeof link === 'string').length;
  if (listing === 'users/delta' && links !== 1) throw odd('it must have one link, on or to the next round');
  if (listing === 'users' && checkpoint !== null) throw odd('it has the link of another kind of page');
  return { ...sortOut(value, taking), next: next ?? null, checkpoint: checkpoint ?? null };
}

/** Takes the answer about one person apart; throws a retryable failure when it is not the person asked for. */
export function toPerson(raw: Raw, externalId: string, taking: Taking): DirectoryPerson {
  if (raw.id !== externalId) throw malformed('api', 'the answer is not the person that was asked for');
  if (isOpen(raw)) throw malformed('api', 'the answer leaves out what was asked for');
  const person = personOf(raw, externalId, taking);
  if (typeof person === 'string') throw malformed('api', `the person cannot be read: ${person}`);
  return person;
}

/** Why a person is not taken though they are there; null when they are. */
export function leftOutOf(raw: Raw, person: DirectoryPerson, taking: Taking): LeftOutPerson | null {
  if (person.kind === 'guest' && !taking.includeGuests)
    return { person, code: 'guest', message: 'left out: a guest of the tenant' };
  if (taking.onlyLicensed && !isLicensed(raw))
    return { person, code: 'unlicensed', message: 'left out: no license is assigned' };
  return null;
}

const odd = (why: string): GraphFailure => malformed('api', `the page is not whole: ${why}`);

function sortOut(records: readonly unknown[], taking: Taking) {
  const byId = new Map<string, Raw[]>();
  const failed: FailedPerson[] = [];
  for (const raw of records) {
    const externalId = keyOf(raw);
    if (externalId === null || !isRaw(raw))
      failed.push({ externalId: null, message: 'a record came without a usable id' });
    else byId.set(externalId, [...(byId.get(externalId) ?? []), raw]);
  }
  const people: DirectoryPerson[] = [];
  const leftOut: LeftOutPerson[] = [];
  const removed: string[] = [];
  const doubtful: string[] = [];
  for (const [externalId, versions] of byId) {
    const [raw = {}] = versions;
    if (versions.every(isRemoval)) removed.push(externalId);
    else if (versions.some(isRemoval) || isOpen(raw) || !areAlike(versions)) doubtful.push(externalId);
    else {
      const person = personOf(raw, externalId, taking);
      const out = typeof person === 'string' ? null : leftOutOf(raw, person, taking);
      if (typeof person === 'string') failed.push({ externalId, message: person });
      else if (out) leftOut.push(out);
      else people.push(person);
    }
  }
  return { people, failed, leftOut, removed, doubtful };
}

/** For the bin, where they can be restored, or for good: either way they are not there. */
const isRemoval = (raw: Raw): boolean => raw['@removed'] !== undefined;

/** Replays are normal, as long as they say the same. */
const areAlike = ([first, ...others]: readonly Raw[]): boolean =>
  others.every((other) => JSON.stringify(other) === JSON.stringify(first));

const KEY = /^[\w-]{1,128}$/;

function keyOf(raw: unknown): string | null {
  return isRaw(raw) && typeof raw.id === 'string' && KEY.test(raw.id) ? raw.id : null;
}

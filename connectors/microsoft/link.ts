import { type GraphFailure, malformed } from './failure.ts';

/** The two ways to list people. */
export type Listing = 'users' | 'users/delta';

const LISTING = /^\/v1\.0\/(users|users\/(?:microsoft\.graph\.)?delta(?:\(\))?)$/;
const LONGEST = 16_384;

/**
 * A page link as a path relative to the version, so that it can only lead back to this Graph's listing of people.
 *
 * Throws a retryable failure for a link to anywhere else: it would carry the token there.
 */
export function pathOf(link: unknown, origin: string): string {
  return pathWithin(link, origin, LISTING);
}

/** The same for links that may lead to other places: `place` is what their path must be. */
export function pathWithin(link: unknown, origin: string, place: RegExp): string {
  if (typeof link !== 'string' || link.length > LONGEST || !URL.canParse(link)) throw odd('has an impossible form');
  const url = new URL(link);
  if (url.origin !== origin || url.username !== '' || url.password !== '') throw odd('leads to another host');
  if (!place.test(url.pathname)) throw odd('leads to something else');
  return `${url.pathname.slice(VERSION.length)}${url.search}`;
}

const VERSION = '/v1.0';

/** Which listing a path made here goes on with. */
export const listingOf = (path: string): Listing => (/^\/users\?/.test(path) ? 'users' : 'users/delta');

/** Whether a text is a path made here: what comes back from the store is believed no more than what comes from outside. */
export const isPath = (path: string): boolean =>
  /^\/(?:users(?:\/(?:microsoft\.graph\.)?delta(?:\(\))?)?|groups\/[\w-]+\/members)\?[^#\s]+$/.test(path);

const odd = (why: string): GraphFailure => malformed('api', `the page is not whole: a link of it ${why}`);

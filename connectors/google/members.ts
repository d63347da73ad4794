import type { MembersPage } from '../../src/ports/directory.ts';
import { isRaw, type Raw } from '../raw.ts';
import type { GoogleClient } from './client.ts';
import type { CheckName } from './error-rules.ts';
import { GoogleError } from './errors.ts';
import { GoogleFailure, malformed } from './failure.ts';
import { MEMBER_SCOPE } from './scopes.ts';

const FIELDS = 'kind,etag,nextPageToken,members(id,type,status)';
const LARGEST_PAGE = 200;

/** A page of the direct members of a group, or a retryable failure when it is not a whole page. */
export async function readMembers(client: GoogleClient, groupKey: string, cursor: string | null): Promise<MembersPage> {
  const data = await client
    .listMembers({ groupKey, pageToken: cursor, maxResults: LARGEST_PAGE, fields: FIELDS })
    .catch((error: unknown) => Promise.reject(explained(error, groupKey)));
  const page = isRaw(data) ? data : {};
  const next = page.nextPageToken ?? null;
  // An empty collection omits its key.
  const members = page.members ?? [];
  if (page.kind !== 'admin#directory#members' || typeof page.etag !== 'string')
    throw odd('its kind or etag is missing');
  if (next !== null && (typeof next !== 'string' || next === '' || next === cursor)) throw odd('its page token is odd');
  if (!Array.isArray(members) || !members.every(isRaw)) throw odd('its members are no list');
  return { ...sortOut(members), next };
}

const odd = (why: string): GoogleFailure => malformed('api', `the page of members is not whole: ${why}`);

function sortOut(members: readonly Raw[]): Pick<MembersPage, 'externalIds' | 'notices' | 'everybody'> {
  // Of somebody from outside Google has left the status out, and named the type otherwise: who is listed tells who is one's own.
  const people = members.filter(({ type }) => !NO_PEOPLE.has(type));
  if (!people.every(({ type, id }) => typeof type === 'string' && typeof id === 'string' && id !== ''))
    throw odd('a member came without its id or type');
  const active = people.filter(({ status = 'ACTIVE' }) => status === 'ACTIVE');
  const nested = members.filter(({ type }) => type === 'GROUP').length;
  const isAll = members.some(({ type }) => type === 'CUSTOMER');
  return {
    externalIds: active.map(({ id }) => id as string),
    notices: nested > 0 ? ['groups within the group are not looked into'] : [],
    ...(isAll ? { everybody: true } : {}),
  };
}

const NO_PEOPLE: ReadonlySet<unknown> = new Set(['GROUP', 'CUSTOMER']);

function explained(error: unknown, group: string): unknown {
  if (!(error instanceof GoogleFailure)) return error;
  const { step, status, reasons } = error;
  if (step === 'api' && status === 404 && reasons.includes('notFound'))
    return new GoogleError('config', 'listing', `There is no group ${group} in this Google Workspace.`, error);
  const refusal = REFUSALS.find((row) => row.reasons.some((reason) => reasons.includes(reason)));
  if (!refusal || refusal.what === null) return error;
  return new GoogleError('config', refusal.about, `The members of ${group} may not be read: ${refusal.what}.`, error);
}

interface Refusal {
  readonly reasons: readonly string[];
  readonly about: CheckName;
  /** null: nothing about the group; the connection's own words say more. */
  readonly what: string | null;
}

/** First match wins: newer answers name the status `PERMISSION_DENIED` beside the reason. */
const REFUSALS: readonly Refusal[] = [
  { reasons: ['accessNotConfigured', 'SERVICE_DISABLED', 'domainCannotUseApis'], about: 'listing', what: null },
  {
    reasons: ['unauthorized_client', 'access_denied', 'insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'],
    about: 'scope',
    what: `delegate the scope ${MEMBER_SCOPE} to the service account`,
  },
  {
    // Google says the same of a group elsewhere and to whoever may read no group at all.
    reasons: ['forbidden', 'notAuthorized', 'PERMISSION_DENIED'],
    about: 'subject',
    what: 'it is a group of another Google Workspace, or the administrator the service account acts as lacks the privilege "Groups, Read"',
  },
];

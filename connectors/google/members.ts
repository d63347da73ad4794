import type { MembersPage } from '../../src/ports/directory.ts';
import { isRaw, type Raw } from '../raw.ts';
import type { GoogleClient } from './client.ts';
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
  const people = members.filter(({ type, id }) => type === 'USER' && typeof id === 'string');
  const active = people.filter(({ status = 'ACTIVE' }) => status === 'ACTIVE');
  const nested = members.filter(({ type }) => type === 'GROUP').length;
  const isAll = members.some(({ type }) => type === 'CUSTOMER');
  return {
    externalIds: active.map(({ id }) => id as string),
    notices: nested > 0 ? ['groups within the group are not looked into'] : [],
    ...(isAll ? { everybody: true } : {}),
  };
}

function explained(error: unknown, group: string): unknown {
  if (!(error instanceof GoogleFailure)) return error;
  const { step, status, reasons } = error;
  if (step === 'api' && status === 404 && reasons.includes('notFound'))
    return new GoogleError('config', 'listing', `There is no group ${group} in this Google Workspace.`, error);
  const isRefused = REFUSALS.some((reason) => reasons.includes(reason));
  if (!isRefused) return error;
  const message = `The members of ${group} may not be read: delegate the scope ${MEMBER_SCOPE} to the service account, and give the administrator it acts as the privilege "Groups, Read".`;
  return new GoogleError('config', 'scope', message, error);
}

const REFUSALS = [
  'unauthorized_client',
  'access_denied',
  'insufficientPermissions',
  'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
  'forbidden',
  'PERMISSION_DENIED',
];

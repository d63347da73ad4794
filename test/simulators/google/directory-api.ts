import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/index.js';
import type { Reply } from '../shared/reply.ts';
import type { KnownNames } from './field-mask.ts';
import { leaves, masked, schemaNames } from './masked.ts';
import type { PageTokens } from './page-token.ts';
import type { GoogleUser } from './people.ts';
import { parseQuery } from './query.ts';
import { apiError } from './reply.ts';
import type { World } from './world.ts';

type Users = admin_directory_v1.Schema$Users;
type Customer = admin_directory_v1.Schema$Customer;

/** Page sizes Google allows, and gives when not asked. */
const PAGE = { least: 1, most: 500, usual: 100 };

/** Parameters that change nothing here. */
const IGNORED = ['alt', 'prettyPrint', 'projection', 'viewType', 'quotaUser'];
const LISTING = ['customer', 'domain', 'showDeleted', 'query'];
const KNOWN_PARAMETERS = new Set([...IGNORED, ...LISTING, 'fields', 'maxResults', 'pageToken']);

/** The read-only part of the Directory API that Rollcall may call. */
export interface DirectoryApi {
  listUsers(parameters: URLSearchParams): Reply;
  getUser(userKey: string, parameters: URLSearchParams): Reply;
  getCustomer(customerKey: string, parameters: URLSearchParams): Reply;
  /** The token of the listing's page that starts at a position. */
  pageToken(parameters: URLSearchParams, position: number): string;
  /** Where the listing's page starts; 0 when the token is no good. */
  positionOf(parameters: URLSearchParams): number;
}

export function createDirectoryApi(world: World, tokens: PageTokens): DirectoryApi {
  const { tenant } = world;
  const names = knownNames();

  const queryOf = (parameters: URLSearchParams) => JSON.stringify(LISTING.map((name) => parameters.get(name)));

  function collect(start: number, most: number, matches: (user: GoogleUser) => boolean, deleted: boolean) {
    const users: GoogleUser[] = [];
    for (let index = start; index < world.size(); index += 1) {
      const user = deleted ? world.deletedAt(index) : world.at(index);
      if (!user || !matches(user)) continue;
      if (users.length === most) return { users, next: index };
      users.push(user);
    }
    return { users, next: null };
  }

  return {
    pageToken: (parameters, position) => tokens.issue({ position, query: queryOf(parameters) }),
    positionOf: (parameters) => tokens.read(parameters.get('pageToken') ?? '', queryOf(parameters)) ?? 0,
    listUsers(parameters) {
      const refusal = refused(parameters, tenant);
      if (refusal) return refusal;
      const token = parameters.get('pageToken');
      const start = token === null ? 0 : tokens.read(token, queryOf(parameters));
      if (start === null) return apiError(400, 'invalid', 'Invalid Input: pageToken');
      const size = Number(parameters.get('maxResults') ?? PAGE.usual);
      const { users, next } = collect(start, size, filterOf(parameters), parameters.get('showDeleted') === 'true');
      const page: Users = {
        kind: 'admin#directory#users',
        etag: `"${tenant.seed}-${start}-${users.length}"`,
        ...(next === null ? {} : { nextPageToken: tokens.issue({ position: next, query: queryOf(parameters) }) }),
        // An empty collection omits its key.
        ...(users.length === 0 ? {} : { users }),
      };
      return masked(page, parameters, names.page);
    },
    getUser(userKey, parameters) {
      const found = world.find(userKey);
      if (!found) return apiError(404, 'notFound', 'Resource Not Found: userKey');
      if (found.deleted) return apiError(412, 'conditionNotMet', 'User is deleted.');
      return masked(found.user, parameters, names.user);
    },
    getCustomer(customerKey, parameters) {
      if (customerKey !== 'my_customer' && customerKey !== tenant.customerId)
        return apiError(404, 'notFound', 'Resource Not Found: customerKey');
      const customer: Customer = {
        kind: 'admin#directory#customer',
        id: tenant.customerId,
        etag: `"${tenant.seed}"`,
        customerDomain: tenant.domains[0],
        alternateEmail: 'owner@elsewhere.example',
        customerCreationTime: '2019-01-07T00:00:00.000Z',
        language: 'en',
      };
      return masked(customer, parameters, CUSTOMER_NAMES);
    },
  };
}

function refused(parameters: URLSearchParams, { customerId, domains }: World['tenant']): Reply | null {
  const odd = [...parameters.keys()].find((name) => !KNOWN_PARAMETERS.has(name));
  if (odd) return apiError(400, 'invalidParameter', `Invalid Input: ${odd}`);
  const [customer, domain] = [parameters.get('customer'), parameters.get('domain')];
  if ((customer === null) === (domain === null)) return apiError(400, 'badRequest', 'Bad Request');
  if (customer !== null && customer !== 'my_customer' && customer !== customerId)
    return apiError(404, 'notFound', 'Resource Not Found: customer');
  if (domain !== null && !domains.includes(domain)) return apiError(404, 'notFound', 'Domain not found.');
  const size = Number(parameters.get('maxResults') ?? PAGE.usual);
  if (!Number.isInteger(size) || size < PAGE.least || size > PAGE.most)
    return apiError(400, 'invalidParameter', 'Invalid Input: maxResults');
  try {
    parseQuery(parameters.get('query') ?? '');
  } catch (error) {
    return apiError(400, 'invalid', error instanceof Error ? error.message : 'Invalid Input: query');
  }
  return null;
}

function filterOf(parameters: URLSearchParams): (user: GoogleUser) => boolean {
  const matches = parseQuery(parameters.get('query') ?? '');
  const domain = parameters.get('domain');
  return (user) => matches(user) && (domain === null || String(user.primaryEmail).endsWith(`@${domain}`));
}

/** Fields the client library's types know and the older contract does not. */
export const NEWER_USER_FIELDS = ['suspensionTime', 'archivalTime', 'isGuestUser', 'guestAccountInfo'];

const CUSTOMER_NAMES: KnownNames = leaves(
  'kind,id,etag,customerDomain,alternateEmail,customerCreationTime,language,phoneNumber,postalAddress'.split(','),
);

/** The field names of the published schema. */
function knownNames(): { readonly page: KnownNames; readonly user: KnownNames } {
  const user = {
    ...leaves([...schemaNames('User'), ...NEWER_USER_FIELDS, 'deletionTime']),
    name: leaves(schemaNames('UserName')),
  };
  return { user, page: { ...leaves(schemaNames('Users')), users: user } };
}

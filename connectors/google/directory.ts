import { AppError } from '../../src/core/errors.ts';
import type { Directory, DirectoryPage, FoundPerson, GoogleCredentials } from '../../src/ports/directory.ts';
import { type AskingOptions, createAsking } from '../asking.ts';
import { LOOK_UP_MS, within } from '../bounded.ts';
import { isRaw } from '../raw.ts';
import { RETRY_POLICY, type RetryPolicy } from '../retry.ts';
import { testGroup } from '../test-group.ts';
import { type GoogleClient, openGoogleClient } from './client.ts';
import { GoogleError, meansGone } from './errors.ts';
import { GoogleFailure, malformed } from './failure.ts';
import { readMembers } from './members.ts';
import { toPage, toPerson } from './page.ts';
import { testConnection } from './test-connection.ts';
import { googleVendor } from './vendor.ts';

const PERSON_FIELDS =
  'id,etag,primaryEmail,aliases,name(givenName,familyName),suspended,suspensionReason,archived,isAdmin,orgUnitPath,customerId,isGuestUser,creationTime,lastLoginTime,organizations(title,department,primary),externalIds(type,value)';
const PAGE_FIELDS = `kind,etag,nextPageToken,users(${PERSON_FIELDS})`;
const LARGEST_PAGE = 500;
const tooSlow = () => new GoogleError('retry', 'listing', 'Google did not answer in time.');

/** For a test, while somebody looks at the screen. */
const QUICK: RetryPolicy = { tries: 2, baseMs: 500, capMs: 500, longestWaitMs: 5_000 };

export interface GoogleDirectoryOptions extends AskingOptions {
  readonly credentials: GoogleCredentials;
  /** null = Google itself. */
  readonly baseUrl: string | null;
  /** For one HTTP exchange; 30 s unless told. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Opens a Google Workspace as a Directory (see the port). Sends nothing before the first call.
 *
 * Passing trouble is retried inside; what is thrown is a GoogleError. One that asks for a longer wait than the policy sits
 * out carries it in `retryAfterMs`, and until then no further call leaves.
 */
export function openGoogleDirectory(options: GoogleDirectoryOptions): Directory {
  const { credentials, timing, signal, log, baseUrl, timeoutMs = 30_000, policy = RETRY_POLICY } = options;
  const { ask, turn } = createAsking(googleVendor(credentials), options);
  const now = () => timing.clock.now();
  const report = (err: unknown) => log?.warn({ err }, 'the connection test itself failed');
  const client = openGoogleClient({ credentials, baseUrl, timeoutMs, now, turn, signal });

  const list = (cursor: string | null): Promise<DirectoryPage> =>
    ask({ work: () => readUsers(client, cursor, LARGEST_PAGE, PAGE_FIELDS), withCursor: cursor !== null });

  async function customerOfFirstPerson(limits?: RetryPolicy): Promise<string | null> {
    const fields = 'kind,etag,nextPageToken,users(id,customerId)';
    const page = await ask({ work: () => readUsers(client, null, 1, fields), policy: limits });
    return page.people[0]?.tenant ?? null;
  }

  const customer = (limits?: RetryPolicy): Promise<Customer> =>
    ask({ work: async () => toCustomer(await client.getCustomer()), policy: limits });

  /** Of an address outside of the customer Google says what it says to whoever may read nobody at all. */
  async function lookUp(key: string): Promise<FoundPerson | 'gone'> {
    try {
      return await ask({ work: () => readUser(client, key), policy: QUICK });
    } catch (error) {
      if (!key.includes('@') || !(error instanceof GoogleError) || error.about !== 'subject') throw error;
      await customerOfFirstPerson(QUICK);
      return 'gone';
    }
  }

  return {
    source: 'google',
    async readPage(cursor) {
      const page = await list(cursor);
      if (page.people.length + page.failed.length > 0) return page;
      // An empty page is rare and looks like everybody leaving: it counts only when Google says so again a little later.
      await ask({ work: () => timing.sleep(policy.baseMs, signal) });
      return list(cursor);
    },
    async tenant() {
      return (await customerOfFirstPerson()) ?? (await customer()).id;
    },
    async find(externalId) {
      if (externalId === '') throw new AppError('invalid', 'a person is looked up by a key');
      return ask({ work: () => readUser(client, externalId) });
    },
    lookUp(who) {
      const key = 'email' in who ? who.email : who.externalId;
      return within(LOOK_UP_MS, () => lookUp(key), tooSlow);
    },
    readMembers: (group, cursor) =>
      ask({ work: () => readMembers(client, group, cursor), withCursor: cursor !== null }),
    test() {
      client.forgetTokens();
      const questions = {
        customerOfFirstPerson: () => customerOfFirstPerson(QUICK),
        customer: () => customer(QUICK),
      };
      return testConnection(credentials, questions, report);
    },
    testGroup(group) {
      const read = () => ask({ work: () => readMembers(client, group, null), policy: QUICK });
      return testGroup(group, () => within(LOOK_UP_MS, read, tooSlow), report);
    },
  };
}

async function readUsers(client: GoogleClient, pageToken: string | null, maxResults: number, fields: string) {
  return toPage(await client.listUsers({ pageToken, maxResults, fields }), pageToken);
}

async function readUser(client: GoogleClient, userKey: string): Promise<FoundPerson | 'gone'> {
  try {
    return { person: toPerson(await client.getUser(userKey, `kind,${PERSON_FIELDS}`), userKey), leftOut: null };
  } catch (error) {
    if (error instanceof GoogleFailure && meansGone(error)) return 'gone';
    throw error;
  }
}

interface Customer {
  readonly id: string;
  /** The primary domain. */
  readonly domain: string | null;
}

function toCustomer(data: unknown): Customer {
  const raw = isRaw(data) ? data : {};
  if (raw.kind !== 'admin#directory#customer' || typeof raw.id !== 'string' || raw.id === '')
    throw malformed('api', 'the answer is not a customer');
  return { id: raw.id, domain: typeof raw.customerDomain === 'string' ? raw.customerDomain : null };
}

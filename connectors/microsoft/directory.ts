import { AppError } from '../../src/core/errors.ts';
import type { MicrosoftPeople } from '../../src/core/integration.ts';
import type { Directory, DirectoryPage, MicrosoftCredentials } from '../../src/ports/directory.ts';
import { type Asking, type AskingOptions, createAsking } from '../asking.ts';
import { LOOK_UP_MS, within } from '../bounded.ts';
import { isRaw } from '../raw.ts';
import { RETRY_POLICY, type RetryPolicy } from '../retry.ts';
import { testGroup } from '../test-group.ts';
import { type GraphClient, openGraphClient } from './client.ts';
import { MicrosoftError, meansNoDelta } from './errors.ts';
import { GraphFailure, malformed } from './failure.ts';
import { isPath, listingOf } from './link.ts';
import { lookUpMany } from './look-up.ts';
import { readMembers } from './members.ts';
import { leftOutOf, type ReadPage, toPage, toPerson } from './page.ts';
import { SELECT, type Taking } from './person.ts';
import { isInBin, readOne, readUser } from './read-user.ts';
import { type TenantCard, testConnection } from './test-connection.ts';
import { microsoftVendor } from './vendor.ts';

const DELTA_START = `/users/delta?$select=${SELECT}`;
const LIST_START = `/users?$top=999&$select=${SELECT}`;

/** For a test, while somebody looks at the screen. */
const QUICK: RetryPolicy = { tries: 2, baseMs: 500, capMs: 500, longestWaitMs: 5_000 };

const tooSlow = () => new MicrosoftError('retry', 'listing', 'Microsoft did not answer in time.');

export interface MicrosoftDirectoryOptions extends AskingOptions {
  readonly credentials: MicrosoftCredentials;
  readonly people: MicrosoftPeople;
  /** null = Microsoft's own. */
  readonly loginOrigin: string | null;
  readonly graphOrigin: string | null;
  /** For one HTTP exchange; 30 s unless told. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Opens a Microsoft 365 tenant as a Directory (see the port). Sends nothing before the first call.
 *
 * A full listing is the first round of a delta, whose last page brings the checkpoint; a tenant without delta is listed without one.
 * Passing trouble is retried inside; what is thrown is a MicrosoftError. One that asks for a longer wait than the policy sits out
 * carries it in `retryAfterMs`, and until then no further call leaves.
 */
export function openMicrosoftDirectory(options: MicrosoftDirectoryOptions): Directory {
  const { credentials, people, timing, signal, log, timeoutMs = 30_000, policy = RETRY_POLICY } = options;
  const asking = createAsking(microsoftVendor(credentials), options);
  const { ask, turn } = asking;
  const now = () => timing.clock.now();
  const report = (err: unknown) => log?.warn({ err }, 'the connection test itself failed');
  const client = openGraphClient({ ...options, timeoutMs, now, turn });
  const taking: Taking = { ...people, tenantId: credentials.tenantId };

  const read = (path: string, cursor: string | null): Promise<ReadPage> =>
    ask({ work: () => readUsers(client, path, cursor, taking), withCursor: cursor !== null });

  const quickly = <T>(work: () => Promise<T>): Promise<T> =>
    within(LOOK_UP_MS, () => ask({ work, policy: QUICK }), tooSlow);

  /** Everybody, from the start. */
  async function readFirst(): Promise<ReadPage> {
    try {
      return await read(DELTA_START, null);
    } catch (error) {
      if (!(error instanceof MicrosoftError && error.cause instanceof GraphFailure && meansNoDelta(error.cause)))
        throw error;
      return read(LIST_START, null);
    }
  }

  async function settle(page: ReadPage): Promise<DirectoryPage> {
    if (page.doubtful.length === 0) return page;
    const found = await lookUpMany(asking, client, page.doubtful, now);
    return withDoubts(page, found, taking);
  }

  const organization = (limits?: RetryPolicy): Promise<TenantCard> =>
    ask({ work: async () => toTenant(await client.get('/organization?$select=id,displayName')), policy: limits });

  return {
    source: 'microsoft',
    async readPage(cursor) {
      if (cursor !== null) return settle(await read(checked(cursor), cursor));
      const page = await readFirst();
      if (page.next !== null || !isEmpty(page)) return settle(page);
      // An empty listing is rare and looks like everybody leaving: it counts only when Microsoft says so again a little later.
      await ask({ work: () => timing.sleep(policy.baseMs, signal) });
      return settle(await readFirst());
    },
    async tenant() {
      try {
        return (await organization()).id;
      } catch (error) {
        if (error instanceof MicrosoftError && error.about === 'permission') return credentials.tenantId;
        throw error;
      }
    },
    find: (externalId) => findUser(asking, client, externalId, taking),
    lookUp: (who) => quickly(() => readOne(client, who, taking)),
    readMembers: (group, cursor) =>
      ask({ work: () => readMembers(client, group, cursor), withCursor: cursor !== null }),
    test() {
      client.forgetTokens();
      const questions = {
        listsSomebody: () => ask({ work: () => listsSomebody(client, taking), policy: QUICK }),
        organization: () => organization(QUICK),
      };
      return testConnection(credentials, questions, now(), report);
    },
    testGroup: (group) => testGroup(group, () => quickly(() => readMembers(client, group, null)), report),
  };
}

function checked(cursor: string): string {
  if (!isPath(cursor)) throw new MicrosoftError('reset', 'listing', 'the place in the listing cannot be read');
  return cursor;
}

const isEmpty = ({ people, failed, leftOut, doubtful }: ReadPage): boolean =>
  people.length + failed.length + leftOut.length + doubtful.length === 0;

async function readUsers(client: GraphClient, path: string, cursor: string | null, taking: Taking): Promise<ReadPage> {
  const page = toPage(await client.get(path), listingOf(path), client.origin, taking);
  if (page.next !== null && page.next === cursor) throw malformed('api', 'the page names itself as the next one');
  return page;
}

async function listsSomebody(client: GraphClient, taking: Taking): Promise<boolean> {
  const page = await readUsers(client, `/users?$top=1&$select=${SELECT}`, null, taking);
  return page.next !== null || !isEmpty(page);
}

async function findUser({ ask }: Asking, client: GraphClient, externalId: string, taking: Taking) {
  if (!/^[\w-]{1,128}$/.test(externalId)) throw new AppError('invalid', 'a person is looked up by a key');
  const first = await ask({ work: () => readUser(client, externalId, taking) });
  if (first !== 'gone' || (await ask({ work: () => isInBin(client, externalId) }))) return first;
  // Neither there nor in the bin: deleted for good, or a replica that has not heard of them. The second is asked once more.
  return ask({ work: () => readUser(client, externalId, taking) });
}

/** The page with what was found out about those it was in doubt about. */
function withDoubts(page: ReadPage, found: Awaited<ReturnType<typeof lookUpMany>>, taking: Taking): DirectoryPage {
  const [people, failed, leftOut, removed] = [[...page.people], [...page.failed], [...page.leftOut], [...page.removed]];
  for (const [externalId, raw] of found) {
    // Listed and not to be found: left, or a replica that lags. The engine asks again before anybody is taken away.
    if (raw === 'absent') {
      removed.push(externalId);
      continue;
    }
    const person = toPerson(raw, externalId, taking);
    const out = leftOutOf(raw, person, taking);
    if (out) leftOut.push(out);
    else people.push(person);
  }
  return { ...page, people, failed, leftOut, removed };
}

function toTenant(data: unknown): TenantCard {
  const list = isRaw(data) && Array.isArray(data.value) ? data.value : [];
  const [first] = list.filter(isRaw);
  if (!first || typeof first.id !== 'string' || first.id === '') throw malformed('api', 'the answer is not a tenant');
  return { id: first.id, name: typeof first.displayName === 'string' ? first.displayName : null };
}

import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/index.js';
import type { GoogleCredentials } from '../../src/ports/directory.ts';
import { readPrivateKey } from '../rsa-key.ts';
import { failureOf, malformed, unreadableKey } from './failure.ts';
import { CUSTOMER_SCOPE, MEMBER_SCOPE, USER_SCOPE } from './scopes.ts';
import { createTransport, type TransportOptions } from './transport.ts';

export interface ListQuery {
  readonly pageToken: string | null;
  readonly maxResults: number;
  readonly fields: string;
}

/**
 * Google's Directory API as one organization sees it. Answers are unchecked JSON; every failure is a GoogleFailure.
 *
 * A token that Google refuses is dropped and replaced once; nothing else is tried twice here.
 */
export interface GoogleClient {
  listUsers(query: ListQuery): Promise<unknown>;
  getUser(userKey: string, fields: string): Promise<unknown>;
  getCustomer(): Promise<unknown>;
  listMembers(query: ListQuery & { readonly groupKey: string }): Promise<unknown>;
  /** Forgets the tokens, so that the next call proves the credentials anew. */
  forgetTokens(): void;
}

export interface GoogleClientOptions extends TransportOptions {
  readonly credentials: GoogleCredentials;
  readonly now: () => number;
}

type Api = admin_directory_v1.Admin;
interface Session {
  readonly api: Api;
  token(): Promise<string>;
  forget(token: string): void;
}

/**
 * Opens a client. Nothing is loaded or sent before the first call.
 */
export function openGoogleClient(options: GoogleClientOptions): GoogleClient {
  const opened = new Map<string, Promise<Session>>();

  function session(scope: string): Promise<Session> {
    const known = opened.get(scope) ?? openSession(scope, options);
    opened.set(scope, known);
    return known;
  }

  async function ask(scope: string, call: (api: Api) => Promise<{ data: unknown }>): Promise<unknown> {
    const { api, token, forget } = await session(scope);
    const used = await token();
    try {
      return (await call(api)).data;
    } catch (error) {
      const failure = failureOf(error, 'api', options.now());
      if (failure.status !== 401) throw failure;
    }
    forget(used);
    await token();
    return call(api).then(
      ({ data }) => data,
      (error: unknown) => Promise.reject(failureOf(error, 'api', options.now())),
    );
  }

  return {
    listUsers: ({ pageToken, maxResults, fields }) =>
      ask(USER_SCOPE, (api) =>
        api.users.list(
          { customer: 'my_customer', maxResults, fields, ...(pageToken === null ? {} : { pageToken }) },
          CALL,
        ),
      ),
    getUser: (userKey, fields) => ask(USER_SCOPE, (api) => api.users.get({ userKey, fields }, CALL)),
    getCustomer: () => ask(CUSTOMER_SCOPE, (api) => api.customers.get({ customerKey: 'my_customer' }, CALL)),
    listMembers: ({ groupKey, pageToken, maxResults, fields }) =>
      ask(MEMBER_SCOPE, (api) =>
        api.members.list({ groupKey, maxResults, fields, ...(pageToken === null ? {} : { pageToken }) }, CALL),
      ),
    forgetTokens: () => opened.clear(),
  };
}

/** The body is read as JSON whatever its content type: a web page then arrives as text, and is told from a page of people. */
const CALL = { retry: false, responseType: 'json' } as const;

/** The library's only words for an answer without a token. */
const NO_TOKEN_CAME = 'Could not refresh access token.';

/** The state the library itself starts from: there is a way to a token, and the present one has expired. */
const noToken = () => ({ refresh_token: 'jwt-placeholder', expiry_date: 1 });

const TOKEN_REQUEST_LIVES_S = 3_600;

/** When a request for a token is made and how long it counts, looked up anew for each. */
function lifetimeBy(now: () => number): object {
  const seconds = () => Math.floor(now() / 1_000);
  return {
    get iat() {
      return seconds();
    },
    get exp() {
      return seconds() + TOKEN_REQUEST_LIVES_S;
    },
  };
}

async function openSession(scope: string, options: GoogleClientOptions): Promise<Session> {
  const { credentials, now } = options;
  if (!readPrivateKey(credentials.privateKey)) throw unreadableKey();
  // The sub-path and only when needed: the whole package takes seconds and 100 MB to load.
  const { admin, auth } = await import('googleapis/build/src/apis/admin/index.js');
  const jwt = new auth.JWT({
    email: credentials.clientEmail,
    key: credentials.privateKey,
    scopes: [scope],
    subject: credentials.subject,
    // Left alone the library asks this machine's clock, which may be wrong where the one given is right.
    additionalClaims: lifetimeBy(now),
    // Its interceptors can print headers and tokens to the log.
    useAuthRequestParameters: false,
  });
  jwt.transporter.interceptors.request.add({ resolved: createTransport(options) });

  return {
    api: admin({ version: 'directory_v1', auth: jwt, universeDomain: 'googleapis.com' }),
    async token() {
      try {
        const { token } = await jwt.getAccessToken();
        if (typeof token === 'string' && token !== '' && Number.isFinite(jwt.credentials.expiry_date)) return token;
        jwt.credentials = noToken();
        throw malformed('token', 'the answer held no usable token');
      } catch (error) {
        if (error instanceof Error && error.message === NO_TOKEN_CAME)
          throw malformed('token', 'the answer held no token');
        throw failureOf(error, 'token', now());
      }
    },
    forget(token) {
      // Somebody else may have replaced it meanwhile.
      if (jwt.credentials.access_token === token) jwt.credentials = noToken();
    },
  };
}

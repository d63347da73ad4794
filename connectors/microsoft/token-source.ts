import type { MicrosoftCredentials } from '../../src/ports/directory.ts';
import { signAssertion } from './assertion.ts';
import { readCertificate } from './certificate.ts';
import { GRAPH_SCOPE, LOGIN_ORIGIN } from './clouds.ts';
import { boundedBy, type ExchangeLimits, readAnswer } from './exchange.ts';
import { bodyOf, malformed, unanswered, unreadableCertificate } from './failure.ts';

export interface TokenOptions extends ExchangeLimits {
  readonly credentials: MicrosoftCredentials;
  /** Where to find the login instead of Microsoft's own host; null = there. */
  readonly loginOrigin: string | null;
  readonly now: () => number;
  /** Waits until one more call may go out. */
  readonly turn: () => Promise<void>;
}

/** Access tokens of one application in one tenant (RFC 6749 §4.4). */
export interface TokenSource {
  /** One that lasts for five minutes at least. Many askers at once cause one request. Throws GraphFailure. */
  token(): Promise<string>;
  /** Drops a token that was refused. */
  forget(token: string): void;
  forgetAll(): void;
}

const EARLY_MS = 5 * 60_000;
const TOKEN = /^[\x21-\x7e]{1,16384}$/;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface Held {
  readonly token: string;
  readonly staleAt: number;
}

export function createTokenSource(options: TokenOptions): TokenSource {
  const { now } = options;
  let held: Held | null = null;
  let coming: Promise<Held> | null = null;

  async function renew(): Promise<Held> {
    coming ??= fetchToken(options);
    const mine = coming;
    try {
      held = await mine;
      return held;
    } finally {
      if (coming === mine) coming = null;
    }
  }

  return {
    token: async () => (held && now() < held.staleAt ? held : await renew()).token,
    forget(token) {
      // Somebody else may have replaced it meanwhile.
      if (held?.token === token) held = null;
    },
    forgetAll() {
      held = null;
      coming = null;
    },
  };
}

async function fetchToken({ credentials, loginOrigin, now, turn, ...limits }: TokenOptions): Promise<Held> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: credentials.clientId,
    scope: GRAPH_SCOPE,
    ...proofOf(credentials, now()),
  });
  const url = `${loginOrigin ?? LOGIN_ORIGIN}/${encodeURIComponent(credentials.tenantId)}/oauth2/v2.0/token`;
  await turn();
  const answer = await fetch(url, { method: 'POST', body, ...boundedBy(limits) })
    .then(readAnswer)
    .catch((error: unknown) => Promise.reject(unanswered('token', error)));
  const { access_token: token, expires_in: expiresIn } = bodyOf(answer, 'token', now());
  const seconds = Number(expiresIn);
  if (typeof token !== 'string' || !TOKEN.test(token) || !Number.isFinite(seconds) || seconds <= 0)
    throw malformed('token', 'the answer held no usable token');
  return { token, staleAt: now() + Math.max(0, seconds * 1_000 - EARLY_MS) };
}

function proofOf(credentials: MicrosoftCredentials, now: number): { readonly [name: string]: string } {
  const { clientSecret, certificate } = credentials;
  if (certificate === null) return { client_secret: clientSecret ?? '' };
  const read = readCertificate(certificate);
  if (!read) throw unreadableCertificate();
  return { client_assertion_type: ASSERTION_TYPE, client_assertion: signAssertion(read, credentials, now) };
}

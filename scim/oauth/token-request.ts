import { SCIM_SCOPES, type ScimScope } from '../../src/core/scim-token.ts';
import { invalidClient, invalidRequest, OAuthError } from './oauth-error.ts';

/** What a token request asks for and by which client, read but not believed. */
export interface TokenRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  /** null: whatever the client may have. */
  readonly scope: string | null;
}

const GRANT = 'client_credentials';
const BASIC = /^basic +([\w+/=-]+) *$/i;

/**
 * Reads a token request (RFC 6749 §4.4.2) with client authentication by HTTP Basic or in the body (§2.3.1).
 *
 * Throws `invalid_request` for a parameter given twice, without a grant type and for two ways of authentication at once,
 * `unsupported_grant_type` for another grant, `invalid_client` without any authentication.
 */
export function readTokenRequest(body: string, authorization: string | undefined): TokenRequest {
  const parameters = readParameters(body);
  const grant = parameters.get('grant_type');
  if (!grant) throw invalidRequest('grant_type is missing');
  if (grant !== GRANT) throw new OAuthError(400, 'unsupported_grant_type', `the grant_type must be ${GRANT}`);
  return { ...clientOf(parameters, authorization), scope: parameters.get('scope') ?? null };
}

/** One without a value counts as not sent (RFC 6749 §3.2). */
function readParameters(body: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (parameters.has(name)) throw invalidRequest('a parameter is given twice');
    parameters.set(name, value);
  }
  return new Map([...parameters].filter(([, value]) => value !== ''));
}

function clientOf(parameters: ReadonlyMap<string, string>, authorization: string | undefined) {
  const [clientId, clientSecret] = [parameters.get('client_id'), parameters.get('client_secret')];
  if (authorization === undefined) {
    if (!clientId || !clientSecret) throw invalidClient();
    return { clientId, clientSecret };
  }
  if (clientSecret !== undefined) throw invalidRequest('the client authenticates in two ways at once');
  const basic = readBasic(authorization);
  if (clientId !== undefined && clientId !== basic.clientId)
    throw invalidRequest('client_id is another one than that of the Authorization header');
  return basic;
}

/** Id and secret are form-encoded before they are put into the header (RFC 6749 §2.3.1). Throws `invalid_client`. */
function readBasic(header: string) {
  const text = Buffer.from(BASIC.exec(header)?.[1] ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const [clientId, clientSecret] = [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)].map(formDecoded);
  if (!clientId || !clientSecret) throw invalidClient();
  return { clientId, clientSecret };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) return '';
    throw error;
  }
}

/** The scopes a request names, of those a client may have. Throws `invalid_scope` for any other, and for none at all. */
export function readScope(scope: string | null, allowed: readonly ScimScope[]): readonly ScimScope[] {
  if (scope === null) return allowed;
  const named = scope.split(' ').filter((word) => word !== '');
  const granted = SCIM_SCOPES.filter((known) => named.includes(known) && allowed.includes(known));
  if (granted.length === 0 || named.some((word) => !granted.some((known) => known === word)))
    throw new OAuthError(400, 'invalid_scope', `this client may have ${allowed.join(' ')}`);
  return granted;
}

import { generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto';
import { ok, type Reply } from '../shared/reply.ts';
import { tokenError } from './reply.ts';

export const SCOPES = {
  users: 'https://www.googleapis.com/auth/admin.directory.user.readonly',
  groups: 'https://www.googleapis.com/auth/admin.directory.group.readonly',
  members: 'https://www.googleapis.com/auth/admin.directory.group.member.readonly',
  customer: 'https://www.googleapis.com/auth/admin.directory.customer.readonly',
};

/** The key file an admin would hand over, with the endpoints a real one names. */
export interface ServiceAccountFile {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly token_uri: string;
  readonly universe_domain: string;
}

export interface TokenApiOptions {
  readonly account: ServiceAccountFile;
  readonly publicKey: KeyObject;
  readonly now: () => number;
  readonly tokenLifetimeMs: number;
  /** Whether somebody with this address can sign in. */
  readonly knows: (subject: string) => boolean;
}

export interface Grant {
  readonly scopes: readonly string[];
  readonly subject: string | null;
}

export interface TokenApi {
  /** Answers `POST /token`. */
  exchange(form: URLSearchParams): Reply;
  /** What a bearer token allows; null when it is unknown, revoked or expired. */
  grantOf(authorization: string | undefined): Grant | null;
  /** Scopes the domain's admin delegated to the service account. */
  delegate(scopes: readonly string[]): void;
  revokeTokens(): void;
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const AUDIENCE = 'https://oauth2.googleapis.com/token';
const LONGEST_ASSERTION_S = 3_600;
const SKEW_S = 300;

const isReasonable = ({ iat, exp }: Claims, at: number): boolean =>
  iat <= at + SKEW_S && exp >= at && exp - iat <= LONGEST_ASSERTION_S;

/** Checks assertions as Google does, and keeps the tokens it gave out. */
export function createTokenApi({ account, publicKey, now, tokenLifetimeMs, knows }: TokenApiOptions): TokenApi {
  let delegated: readonly string[] = Object.values(SCOPES);
  const issued = new Map<string, Grant & { readonly expiresAt: number }>();

  const badGrant = (description: string) => tokenError(400, 'invalid_grant', description);

  function refused(claims: Claims): Reply | null {
    if (claims.iss !== account.client_email) return badGrant('Invalid grant: account not found');
    if (claims.aud !== AUDIENCE) return badGrant('Invalid JWT: wrong audience');
    // A client lives in the simulator's movable time, or does not know of it.
    if (![now(), Date.now()].some((time) => isReasonable(claims, time / 1_000)))
      return badGrant('Invalid JWT: Token must be short-lived (60 minutes) and in a reasonable timeframe');
    const scopes = claims.scope?.split(' ').filter(Boolean) ?? [];
    if (scopes.length === 0)
      return tokenError(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
    if (claims.sub !== undefined && !scopes.every((scope) => delegated.includes(scope)))
      return tokenError(401, 'unauthorized_client', 'Client is unauthorized for any of the scopes requested.');
    if (claims.sub !== undefined && !knows(claims.sub)) return badGrant('Invalid email or User ID');
    return null;
  }

  return {
    exchange(form) {
      if (form.get('grant_type') !== GRANT_TYPE) return tokenError(400, 'unsupported_grant_type', 'Invalid grant_type');
      const claims = readAssertion(form.get('assertion') ?? '', publicKey);
      if (!claims) return badGrant('Invalid JWT Signature.');
      const refusal = refused(claims);
      if (refusal) return refusal;
      const token = `sim-token-${randomBytes(24).toString('base64url')}`;
      const grant = { scopes: claims.scope?.split(' ') ?? [], subject: claims.sub ?? null };
      issued.set(token, { ...grant, expiresAt: now() + tokenLifetimeMs });
      return ok({ access_token: token, expires_in: Math.floor(tokenLifetimeMs / 1_000), token_type: 'Bearer' });
    },
    grantOf(authorization) {
      const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '';
      const grant = issued.get(token);
      if (grant && grant.expiresAt > now()) return grant;
      issued.delete(token);
      return null;
    },
    delegate: (scopes) => {
      delegated = scopes;
    },
    revokeTokens: () => issued.clear(),
  };
}

interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string;
  readonly scope?: string;
  readonly iat: number;
  readonly exp: number;
}

/** The claims of an RS256 assertion, or null when it is not signed by the key. */
function readAssertion(assertion: string, publicKey: KeyObject): Claims | null {
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  const signed = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${payload}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  );
  if (!signed) return null;
  const json = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return json(header).alg === 'RS256' ? json(payload) : null;
}

/** A service account with a fresh key pair. */
export function createServiceAccount(): { readonly account: ServiceAccountFile; readonly publicKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const account: ServiceAccountFile = {
    type: 'service_account',
    project_id: 'rollcall-simulator',
    private_key_id: randomBytes(20).toString('hex'),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    client_email: 'rollcall@rollcall-simulator.iam.gserviceaccount.com',
    client_id: '100000000000000000001',
    token_uri: AUDIENCE,
    universe_domain: 'googleapis.com',
  };
  return { account, publicKey };
}

import { constants, type KeyObject, randomBytes, timingSafeEqual, verify } from 'node:crypto';
import { ok, type Reply } from '../shared/reply.ts';
import { tokenError } from './reply.ts';

export const ROLES = {
  users: 'User.Read.All',
  groups: 'GroupMember.Read.All',
  hidden: 'Member.Read.Hidden',
  organization: 'Organization.Read.All',
};

/** The application registered in the tenant. */
export interface Registration {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly publicKey: KeyObject;
  readonly thumbprint: string;
}

export interface TokenApiOptions {
  readonly registration: Registration;
  readonly now: () => number;
  readonly tokenLifetimeMs: number;
}

export interface TokenApi {
  /** Answers `POST /<tenant>/oauth2/v2.0/token`. */
  exchange(tenant: string, form: URLSearchParams): Reply;
  /** The roles a bearer token carries; null when it is unknown, revoked or expired. */
  rolesOf(authorization: string | undefined): readonly string[] | null;
  /** Which application permissions an administrator has consented to. */
  consent(roles: readonly string[]): void;
  /** The client secret runs out. */
  expireSecret(): void;
  revokeTokens(): void;
  reset(): void;
}

const SCOPE = 'https://graph.microsoft.com/.default';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LONGEST_ASSERTION_S = 600;
const SKEW_S = 300;

/** Checks secrets and assertions as Entra does, and keeps the tokens it gave out. */
export function createTokenApi({ registration, now, tokenLifetimeMs }: TokenApiOptions): TokenApi {
  const { tenantId, clientId, clientSecret } = registration;
  let consented: readonly string[] = Object.values(ROLES);
  let secretExpired = false;
  const issued = new Map<string, { readonly roles: readonly string[]; readonly expiresAt: number }>();
  const usedAssertions = new Set<string>();

  function refused(tenant: string, form: URLSearchParams): Reply | null {
    if (tenant !== tenantId) return tokenError(400, 'invalid_request', 90002, `Tenant '${tenant}' not found.`);
    if (form.get('grant_type') !== 'client_credentials')
      return tokenError(400, 'unsupported_grant_type', 70003, 'The grant type is not supported.');
    if (form.get('client_id') !== clientId)
      return tokenError(400, 'unauthorized_client', 700016, 'Application was not found in the directory.');
    if (form.get('scope') !== SCOPE) return tokenError(400, 'invalid_scope', 70011, 'The scope is not valid.');
    return form.has('client_assertion') ? refusedAssertion(form) : refusedSecret(form.get('client_secret') ?? '');
  }

  function refusedSecret(secret: string): Reply | null {
    const [given, right] = [secret, clientSecret].map((text) => Buffer.from(text));
    if (!given || !right || given.length !== right.length || !timingSafeEqual(given, right))
      return tokenError(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
    return secretExpired
      ? tokenError(401, 'invalid_client', 7000222, 'The provided client secret keys are expired.')
      : null;
  }

  function refusedAssertion(form: URLSearchParams): Reply | null {
    const claims = readAssertion(form.get('client_assertion') ?? '', registration);
    if (!claims || form.get('client_assertion_type') !== ASSERTION_TYPE)
      return tokenError(
        401,
        'invalid_client',
        700027,
        'The certificate with the identifier used to sign the assertion is not registered.',
      );
    const audience = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`;
    if (claims.aud !== audience || claims.iss !== clientId || claims.sub !== clientId)
      return tokenError(401, 'invalid_client', 700023, 'The assertion audience or issuer is not valid.');
    // A client lives in the simulator's movable time, or does not know of it.
    if (![now(), Date.now()].some((time) => isReasonable(claims, time / 1_000)))
      return tokenError(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.');
    if (typeof claims.jti !== 'string' || usedAssertions.has(claims.jti))
      return tokenError(401, 'invalid_client', 700025, 'The assertion was used before.');
    usedAssertions.add(claims.jti);
    return null;
  }

  return {
    exchange(tenant, form) {
      const refusal = refused(tenant, form);
      if (refusal) return refusal;
      const token = `sim-token-${randomBytes(24).toString('base64url')}`;
      issued.set(token, { roles: consented, expiresAt: now() + tokenLifetimeMs });
      return ok({ token_type: 'Bearer', expires_in: Math.floor(tokenLifetimeMs / 1_000), access_token: token });
    },
    rolesOf(authorization) {
      const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '';
      const grant = issued.get(token);
      if (grant && grant.expiresAt > now()) return grant.roles;
      issued.delete(token);
      return null;
    },
    consent: (roles) => {
      consented = roles;
    },
    expireSecret: () => {
      secretExpired = true;
    },
    revokeTokens: () => issued.clear(),
    reset() {
      consented = Object.values(ROLES);
      secretExpired = false;
      issued.clear();
    },
  };
}

interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string;
  readonly jti?: unknown;
  readonly nbf: number;
  readonly exp: number;
}

const isReasonable = ({ nbf, exp }: Claims, at: number): boolean =>
  nbf <= at + SKEW_S && exp >= at && exp - nbf <= LONGEST_ASSERTION_S;

/** The claims of a signed assertion; null when it is not signed by the registered certificate's key. */
function readAssertion(assertion: string, { publicKey, thumbprint }: Registration): Claims | null {
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  const signed = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    Buffer.from(signature, 'base64url'),
  );
  if (!signed) return null;
  const json = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  const { alg, 'x5t#S256': certificate } = json(header);
  return alg === 'PS256' && certificate === thumbprint ? json(payload) : null;
}

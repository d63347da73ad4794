import { SCIM_SCOPES, type ScimScope } from './scim-token.ts';

/** What an access token says. */
export interface AccessClaims {
  readonly clientId: string;
  /** The secret it was got with; it dies with that secret. */
  readonly secretId: string;
  readonly scopes: readonly ScimScope[];
  /** Seconds since the epoch. */
  readonly expires: number;
}

const PREFIX = 'rcl_access';
const TOKEN = /^(rcl_access\.([\w-]{1,64})\.([0-9A-Za-z]{8})\.([1-7])\.([0-9a-z]{1,9}))\.([0-9a-f]{64})$/;

/** The part of an access token that is signed: every claim in plain ASCII, in an order that is fixed. */
export function accessTokenBody({ clientId, secretId, scopes, expires }: AccessClaims): string {
  const bits = SCIM_SCOPES.reduce((sum, scope, index) => (scopes.includes(scope) ? sum + 2 ** index : sum), 0);
  return [PREFIX, clientId, secretId, bits, expires.toString(36)].join('.');
}

/** The text of an access token, from its body and the signature over it (64 hex digits). */
export const formatAccessToken = (body: string, signature: string): string => `${body}.${signature}`;

/** What a well-formed access token says; null for any other text. Proves nothing before the signature was compared. */
export function parseAccessToken(
  text: string,
): { readonly claims: AccessClaims; readonly body: string; readonly signature: string } | null {
  const [, body = '', clientId = '', secretId = '', bits = '', expires = '', signature = ''] = TOKEN.exec(text) ?? [];
  if (body === '') return null;
  const scopes = SCIM_SCOPES.filter((_, index) => (Number(bits) >> index) & 1);
  return { claims: { clientId, secretId, scopes, expires: Number.parseInt(expires, 36) }, body, signature };
}

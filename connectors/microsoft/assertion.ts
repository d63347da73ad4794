import { constants, randomUUID, sign } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import { LOGIN_ORIGIN } from './clouds.ts';

const LIVES_S = 300;

/** Says, signed by the certificate's key, that the application is who it says it is (RFC 7523 §2.2, §3); good once, for five minutes. */
export function signAssertion(
  { privateKey, thumbprint }: Certificate,
  { tenantId, clientId }: { readonly tenantId: string; readonly clientId: string },
  now: number,
): string {
  const seconds = Math.floor(now / 1_000);
  const header = { alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint };
  const claims = {
    aud: `${LOGIN_ORIGIN}/${tenantId}/oauth2/v2.0/token`,
    iss: clientId,
    sub: clientId,
    jti: randomUUID(),
    nbf: seconds,
    exp: seconds + LIVES_S,
  };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const key = {
    key: privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { MicrosoftPeople } from '../core/integration.ts';
import type { MicrosoftCredentials } from '../ports/directory.ts';
import { invalidInput } from './parse-input.ts';

const guid = (what: string) =>
  z
    .string()
    .trim()
    .toLowerCase()
    .regex(
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      `must be ${what}, such as 0a11ca11-0000-4000-8000-000000000365`,
    );

/** How an admin connects Microsoft 365. */
export const microsoftConnectionSchema = z
  .strictObject({
    tenantId: guid('the tenant id').meta({ description: "The tenant's (directory) id." }),
    clientId: guid('the application id').meta({ description: 'The application (client) id of the registration.' }),
    clientSecret: z
      .string()
      .regex(/^[\x21-\x7e]{8,200}$/, "must be the secret's value as it was shown when it was created")
      .optional()
      .meta({ description: 'The value of a client secret. Shown never again.' }),
    certificate: z
      .string()
      .max(65_536)
      .refine(isCertificate, 'must be one PEM text with the certificate and its RSA private key of at least 2,048 bits')
      .optional()
      .meta({ description: 'In place of the secret: certificate and RSA private key, PEM. Shown never again.' }),
    includeGuests: z.boolean().default(false).meta({ description: 'Whether guests of the tenant are taken too.' }),
    onlyLicensed: z.boolean().default(false).meta({ description: 'Whether people without a license are left out.' }),
    useInitialDomain: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether a sign-in name under onmicrosoft.com may stand in for an address.' }),
  })
  .meta({ id: 'MicrosoftConnection' });

/** Splits a connection into what is sealed and what is not. Throws `invalid` unless there is exactly one proof. */
export function readMicrosoftConnection(body: z.output<typeof microsoftConnectionSchema>): {
  readonly credentials: MicrosoftCredentials;
  readonly people: MicrosoftPeople;
} {
  const { tenantId, clientId, clientSecret = null, certificate = null, ...people } = body;
  if ((clientSecret === null) === (certificate === null))
    throw invalidInput([{ path: 'clientSecret', message: 'give either a client secret or a certificate' }]);
  return { credentials: { tenantId, clientId, clientSecret, certificate }, people };
}

function isCertificate(pem: string): boolean {
  try {
    const key = createPrivateKey(pem);
    const { asymmetricKeyType, asymmetricKeyDetails } = key;
    const isStrong = asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048;
    return isStrong && new X509Certificate(pem).checkPrivateKey(key);
  } catch {
    // The reason would be OpenSSL's and could quote the key.
    return false;
  }
}

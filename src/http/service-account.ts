import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import type { GoogleCredentials } from '../ports/directory.ts';
import { invalidInput, parseInput } from './parse-input.ts';
import { checkShape } from './read-body.ts';

const LEVELS = 16;

/** The four members of a key file that are read. Addresses named in it are not, so that it can point nowhere. */
const keyFile = z.object({
  type: z.literal('service_account', 'must be "service_account"'),
  client_email: z.string().regex(/^[^\s@]{1,64}@[^\s@]{1,255}$/, 'must be the address of the service account'),
  private_key: z
    .string()
    .max(16_384)
    .refine(isPrivateKey, 'cannot be read: create a new JSON key and send it unchanged'),
  private_key_id: z
    .string()
    .regex(/^[\w-]{1,128}$/, 'must be a key id')
    .nullish(),
});

/** A key file as the admin downloads it: the JSON object, or its text. */
export const serviceAccountSchema = z
  .union([z.string().max(65_536), z.record(z.string(), z.unknown())], {
    error: 'must be the JSON key file of a service account',
  })
  .meta({ description: 'The key file of the service account: its JSON, as an object or as text. Shown never again.' });

/** Takes what is needed from a key file and nothing else. Throws `invalid`; no message quotes the file. */
export function readServiceAccount(file: string | object): Omit<GoogleCredentials, 'subject'> {
  const account = parseInput(keyFile, typeof file === 'string' ? parseText(file) : file, 'serviceAccount');
  const { client_email: clientEmail, private_key: privateKey, private_key_id: privateKeyId = null } = account;
  return { clientEmail, privateKey, privateKeyId };
}

function parseText(text: string): unknown {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null)
    throw invalidInput([{ path: 'serviceAccount', message: 'must be the JSON key file of a service account' }]);
  checkShape(value, 'serviceAccount', LEVELS);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The reason would quote the key file; that it is no JSON is all an admin needs.
    return undefined;
  }
}

/** An RSA key of at least 2,048 bits, as Google issues them. */
function isPrivateKey(pem: string): boolean {
  if (!pem.trimStart().startsWith('-----BEGIN')) return false;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048;
  } catch {
    // The reason would be OpenSSL's and could quote the key.
    return false;
  }
}

import { AppError } from '../../src/core/errors.ts';
import { readPrivateKey } from '../rsa-key.ts';

/** The three things Rollcall takes from a service account's key file. */
export interface ServiceAccount {
  readonly clientEmail: string;
  readonly privateKey: string;
  readonly privateKeyId: string | null;
}

const LONGEST_KEY = 16_384;
const ADDRESS = /^[^\s@]{1,64}@[^\s@]{1,255}$/;

/**
 * Takes a service account from the key file an admin hands over, and nothing else.
 *
 * Endpoints named in the file (`token_uri`, `universe_domain`, `credential_source`, …) are never read, so a forged file cannot
 * point Rollcall at a host of its choice. Throws `invalid` with what to do; the message never quotes the key.
 */
export function parseServiceAccount(json: unknown): ServiceAccount {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw invalid('the key file must be the JSON object that Google Cloud offers for download when a key is created');
  const field = (name: string): unknown => (Object.hasOwn(json, name) ? Reflect.get(json, name) : undefined);

  if (field('type') !== 'service_account')
    throw invalid('the key file is not one of a service account: its "type" must be "service_account"');
  const clientEmail = field('client_email');
  if (typeof clientEmail !== 'string' || !ADDRESS.test(clientEmail))
    throw invalid('the key file has no usable "client_email"');
  const privateKey = field('private_key');
  if (typeof privateKey !== 'string' || privateKey.length > LONGEST_KEY || !readPrivateKey(privateKey))
    throw invalid('the "private_key" of the key file cannot be read: create a new JSON key and upload it unchanged');
  const privateKeyId = field('private_key_id') ?? null;
  if (privateKeyId !== null && (typeof privateKeyId !== 'string' || !/^[\w-]{1,128}$/.test(privateKeyId)))
    throw invalid('the "private_key_id" of the key file is not a key id');
  return { clientEmail, privateKey, privateKeyId };
}

const invalid = (message: string) => new AppError('invalid', message);

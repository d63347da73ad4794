import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import type { SealPlace, Secrets } from '../ports/secrets.ts';
import { decrypt, encrypt } from './envelope.ts';

const KEY_BYTES = 32;
const FORMAT = 'rcs1';
/** Format, key id, wrapped data key, sealed text; the last two in base64url. */
const SEALED = /^rcs1\.([0-9a-f]{16})\.([\w-]+)\.([\w-]+)$/;

/** What one process key is used for; each purpose has a key of its own, derived by HKDF. */
interface KeyRing {
  readonly id: string;
  readonly wrapping: Buffer;
  /** A key object: from bytes, every HMAC would make one first, which costs more than the HMAC. */
  readonly pepper: KeyObject;
}

/**
 * Seals secrets with AES-256-GCM under a data key of their own, which the process key (32 bytes) wraps.
 *
 * New seals use `key`; what was sealed with one of `oldKeys` still opens. `digest` uses the pepper of `key` only.
 */
export function createSecrets(key: Buffer, oldKeys: readonly Buffer[] = []): Secrets {
  const current = keyRing(key);
  const known = new Map([...oldKeys.map(keyRing), current].map((ring) => [ring.id, ring]));
  return {
    seal: (plain, place) => seal(current, plain, place),
    open: (sealed, place) => open(known, sealed, place),
    digest: (token) => createHmac('sha256', current.pepper).update(token).digest('hex'),
  };
}

function seal(ring: KeyRing, plain: string, place: SealPlace): string {
  const dataKey = randomBytes(KEY_BYTES);
  const context = contextOf(ring.id, place);
  const parts = [
    encrypt(ring.wrapping, dataKey, `key ${context}`),
    encrypt(dataKey, Buffer.from(plain), `text ${context}`),
  ];
  return [FORMAT, ring.id, ...parts.map((part) => part.toString('base64url'))].join('.');
}

function open(known: ReadonlyMap<string, KeyRing>, sealed: string, place: SealPlace): string {
  const [, keyId = '', wrapped = '', text = ''] = SEALED.exec(sealed) ?? refuse('it is not in a known format');
  const ring = known.get(keyId) ?? refuse('the key it was sealed with is not at hand');
  const context = contextOf(ring.id, place);
  const dataKey = decrypt(ring.wrapping, bytesOf(wrapped), `key ${context}`) ?? refuse(FOREIGN);
  const plain = decrypt(dataKey, bytesOf(text), `text ${context}`) ?? refuse(FOREIGN);
  return plain.toString();
}

const FOREIGN = 'it was changed, or sealed for another place';

function refuse(reason: string): never {
  throw new Error(`a sealed secret does not open: ${reason}`);
}

/** The associated data. JSON keeps the parts apart: no two places share a text. */
function contextOf(keyId: string, { organizationId, integrationId, field }: SealPlace): string {
  return JSON.stringify([FORMAT, keyId, organizationId, integrationId, field]);
}

/** Refuses other spellings of the same bytes, so that a changed letter never goes unnoticed. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : refuse(FOREIGN);
}

function keyRing(key: Buffer): KeyRing {
  if (key.length !== KEY_BYTES) throw new RangeError('the secret key must have 32 bytes');
  return {
    id: derive(key, 'key id', 8).toString('hex'),
    wrapping: derive(key, 'wrapping', KEY_BYTES),
    pepper: createSecretKey(derive(key, 'token pepper', KEY_BYTES)),
  };
}

function derive(key: Buffer, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `rollcall ${purpose} 1`, bytes));
}

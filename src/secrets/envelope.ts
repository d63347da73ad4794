import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
/** Always the full tag: Node would otherwise accept one of 4 bytes when opening. */
const TAG_BYTES = 16;

/**
 * Encrypts bytes with AES-256-GCM under a 32-byte key, bound to `context`: nonce, ciphertext and tag in one piece.
 */
export function encrypt(key: Buffer, plain: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Opens what `encrypt` made; null when the key or the context is another one, or a single bit was changed.
 */
export function decrypt(key: Buffer, box: Buffer, context: string): Buffer | null {
  if (box.length < NONCE_BYTES + TAG_BYTES) return null;
  const nonce = box.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(box.subarray(box.length - TAG_BYTES));
  const plain = decipher.update(box.subarray(NONCE_BYTES, box.length - TAG_BYTES));
  return verifies(() => decipher.final()) ? plain : null;
}

function verifies(finish: () => Buffer): boolean {
  try {
    finish();
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes('unable to authenticate data')) return false;
    throw error;
  }
}

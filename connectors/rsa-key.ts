import { createPrivateKey, type KeyObject } from 'node:crypto';

const SHORTEST_MODULUS = 2_048;

/** The RSA key in a PEM text, or null when there is none of at least 2,048 bits. */
export function readPrivateKey(pem: string): KeyObject | null {
  if (!pem.trimStart().startsWith('-----BEGIN')) return null;
  try {
    const key = createPrivateKey(pem);
    const modulus = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return key.asymmetricKeyType === 'rsa' && modulus >= SHORTEST_MODULUS ? key : null;
  } catch {
    // The reason would be OpenSSL's and could quote the input; "cannot be read" is all an admin needs.
    return null;
  }
}

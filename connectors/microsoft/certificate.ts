import { type KeyObject, X509Certificate } from 'node:crypto';
import { readPrivateKey } from '../rsa-key.ts';

/** A certificate an application signs in with. */
export interface Certificate {
  readonly privateKey: KeyObject;
  /** Base64url of the SHA-256 over the certificate (RFC 7515 §4.1.8). */
  readonly thumbprint: string;
  /** Milliseconds of the epoch. */
  readonly expiresAt: number;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;
const PRIVATE_KEY = /-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:RSA )?PRIVATE KEY-----/;

/** Takes a certificate and its RSA key from one PEM text; null when one is missing or they do not belong together. */
export function readCertificate(pem: string): Certificate | null {
  const [certificate, key] = [CERTIFICATE, PRIVATE_KEY].map((block) => block.exec(pem)?.[0] ?? '');
  const privateKey = readPrivateKey(key ?? '');
  if (!privateKey || !certificate) return null;
  try {
    const x509 = new X509Certificate(certificate);
    if (!x509.checkPrivateKey(privateKey)) return null;
    const thumbprint = Buffer.from(x509.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
    return { privateKey, thumbprint, expiresAt: Date.parse(x509.validTo) };
  } catch {
    // The reason would be OpenSSL's and could quote the input; "cannot be read" is all an admin needs.
    return null;
  }
}

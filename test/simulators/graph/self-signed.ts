import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate as an administrator would hand it over, and what Entra keeps of it. */
export interface SelfSigned {
  /** Certificate and private key, PEM. */
  readonly pem: string;
  readonly publicKey: KeyObject;
  /** Base64url of the SHA-256 over the certificate. */
  readonly thumbprint: string;
}

/** Makes a key pair and a certificate that vouches for itself (RFC 5280 §4.1), valid for a year around `now`. */
export function createSelfSigned(commonName: string, now: number): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const name = sequence(set(sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName)))));
  const validity = sequence(utcTime(now - HALF_A_YEAR), utcTime(now + HALF_A_YEAR));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  const body = sequence(der(0x02, Buffer.from([1])), SHA256_WITH_RSA, name, validity, name, key);
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('RSA-SHA256', body, privateKey)]));
  const certificate = sequence(body, SHA256_WITH_RSA, signature);
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n${privateKey.export({ type: 'pkcs8', format: 'pem' })}`,
    publicKey,
    thumbprint: createHash('sha256').update(certificate).digest('base64url'),
  };
}

const HALF_A_YEAR = 182 * 86_400_000;

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]) => der(0x30, Buffer.concat(parts));
const set = (...parts: readonly Buffer[]) => der(0x31, Buffer.concat(parts));
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const utcTime = (ms: number) =>
  der(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

const COMMON_NAME = oid('550403');
const SHA256_WITH_RSA = sequence(oid('2a864886f70d01010b'), Buffer.from([0x05, 0x00]));

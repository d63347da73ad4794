const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KEY_ID_LENGTH = 8;
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const SHAPE = /^(rcl_[a-z]+)_([0-9A-Za-z]{8})_[0-9A-Za-z]{49}$/;

/** What a text opens: SCIM as it is, the token endpoint, or the API of an organization. One is never taken for the other. */
export type TokenKind = 'rcl_scim' | 'rcl_secret' | 'rcl_api';

/** Bytes to hand to makeTokenParts; with so many, running out of usable ones does not happen (1 in 10^80). */
export const TOKEN_RANDOM_BYTES = 128;

/** Largest multiple of 62 that a byte can count up to: greater bytes would favour the first digits. */
const UNBIASED_BELOW = 248;

/** CRC-32 (reflected polynomial EDB88320) of the sixteen possible half bytes. */
const CRC_OF_NIBBLE: readonly number[] = [
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320,
  0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
];

/**
 * The text of a SCIM token: `rcl_scim_<8 key id>_<43 secret><6 checksum>`, all base62; a client's secret begins with
 * `rcl_secret`, a key of an organization with `rcl_api`.
 *
 * The checksum (CRC-32 of everything before it) lets malformed tokens be dropped unread, and leaks be found.
 */
export function formatToken(keyId: string, secret: string, kind: TokenKind = 'rcl_scim'): string {
  const body = `${kind}_${keyId}_${secret}`;
  return `${body}${base62(crc32(body), CHECKSUM_LENGTH)}`;
}

/** The key id of a well-formed token of a kind; null for any other text. Says nothing about the secret: compare its digest. */
export function parseToken(text: string, kind: TokenKind = 'rcl_scim'): { readonly keyId: string } | null {
  const [, prefix, keyId] = SHAPE.exec(text) ?? [];
  if (prefix !== kind || keyId === undefined) return null;
  const body = text.slice(0, -CHECKSUM_LENGTH);
  return text.endsWith(base62(crc32(body), CHECKSUM_LENGTH)) ? { keyId } : null;
}

/**
 * Draws a key id and a secret of 256 bits from random bytes, every base62 digit equally likely.
 *
 * Takes TOKEN_RANDOM_BYTES bytes; throws RangeError when too few of them are usable.
 */
export function makeTokenParts(randomBytes: Uint8Array): { readonly keyId: string; readonly secret: string } {
  const usable = randomBytes.filter((byte) => byte < UNBIASED_BELOW);
  if (usable.length < KEY_ID_LENGTH + SECRET_LENGTH) throw new RangeError('too few random bytes for a token');
  const digits = Array.from(usable, (byte) => DIGITS.charAt(byte % DIGITS.length)).join('');
  return {
    keyId: digits.slice(0, KEY_ID_LENGTH),
    secret: digits.slice(KEY_ID_LENGTH, KEY_ID_LENGTH + SECRET_LENGTH),
  };
}

function base62(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / DIGITS.length)) {
    text = DIGITS.charAt(rest % DIGITS.length) + text;
  }
  return text;
}

/** CRC-32 as in ISO 3309, over the char codes of ASCII text; 0 to 2^32 - 1. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index += 1) {
    crc ^= text.charCodeAt(index);
    crc = (crc >>> 4) ^ (CRC_OF_NIBBLE[crc & 15] ?? 0);
    crc = (crc >>> 4) ^ (CRC_OF_NIBBLE[crc & 15] ?? 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { formatToken, makeTokenParts, parseToken, TOKEN_RANDOM_BYTES } from '../../src/core/scim-token-format.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const newToken = () => {
  const { keyId, secret } = makeTokenParts(randomBytes(TOKEN_RANDOM_BYTES));
  return { keyId, secret, text: formatToken(keyId, secret) };
};

describe('case-S07: the format of SCIM tokens', () => {
  it('carries the key id, the secret and a checksum', () => {
    for (let round = 0; round < 1_000; round += 1) {
      const { keyId, secret, text } = newToken();
      expect(text).to.match(/^rcl_scim_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$/);
      expect(text.slice(9, 17)).to.equal(keyId);
      expect(text.slice(18, 61)).to.equal(secret);
      expect(parseToken(text)).to.deep.equal({ keyId });
    }
  });

  it('uses the CRC-32 everybody knows', () => {
    for (let round = 0; round < 1_000; round += 1) {
      const { text } = newToken();
      const sum = [...text.slice(61)].reduce((value, digit) => value * 62 + DIGITS.indexOf(digit), 0);
      expect(sum).to.equal(crc32(text.slice(0, 61)));
    }
  });

  it('does not change from version to version', () =>
    expect(formatToken('AAAAAAAA', 'A'.repeat(43))).to.equal(`rcl_scim_AAAAAAAA_${'A'.repeat(43)}2GRbuj`));

  it('notices every single changed letter', () => {
    const { text } = newToken();
    for (let at = 0; at < text.length; at += 1)
      for (const digit of DIGITS)
        if (digit !== text[at])
          expect(parseToken(text.slice(0, at) + digit + text.slice(at + 1)), `letter ${at}`).to.equal(null);
  });

  for (const [what, change] of [
    ['nothing', () => ''],
    ['a space before', (text: string) => ` ${text}`],
    ['a line break behind', (text: string) => `${text}\n`],
    ['a letter too few', (text: string) => text.slice(0, -1)],
    ['a letter too many', (text: string) => `${text}0`],
    ['another prefix', (text: string) => text.replace('rcl_scim_', 'rcl_user_')],
    ['upper case', (text: string) => text.toUpperCase()],
    ['another separator', (text: string) => text.replace(/_(?=[^_]*$)/, '-')],
    ['a megabyte', () => 'rcl_scim_'.repeat(120_000)],
  ] as const)
    it(`does not take ${what} for a token`, () => expect(parseToken(change(newToken().text))).to.equal(null));

  it('case-S08: takes none of 1,000,000 random strings of that shape for a token', () => {
    const next = generator(20_241_123);
    const token = Buffer.from(`rcl_scim_${'0'.repeat(8)}_${'0'.repeat(49)}`);
    let taken = 0;
    for (let round = 0; round < 1_000_000; round += 1) {
      for (let at = 9; at < token.length; at += 1) if (at !== 17) token[at] = DIGITS.charCodeAt(next() % 62);
      if (parseToken(token.toString('latin1'))) taken += 1;
    }
    expect(taken).to.equal(0);
  }).timeout(60_000);
});

describe('case-S07: drawing a token', () => {
  it('uses every digit equally often', () => {
    const counts = new Map<string, number>();
    for (let round = 0; round < 4_000; round += 1) {
      const { keyId, secret } = makeTokenParts(randomBytes(TOKEN_RANDOM_BYTES));
      for (const digit of keyId + secret) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    }
    const expected = (4_000 * 51) / 62;
    const chiSquare = [...DIGITS].reduce(
      (sum, digit) => sum + ((counts.get(digit) ?? 0) - expected) ** 2 / expected,
      0,
    );
    expect(counts.size).to.equal(62);
    // 61 degrees of freedom: above 150 once in 10^9 runs; bytes taken modulo 62 without care give about 1,300.
    expect(chiSquare).to.be.below(150);
  });

  it('passes over the bytes that would favour some digits', () => {
    const bytes = Uint8Array.from({ length: 60 }, (_, index) => (index < 9 ? 255 - (index % 8) : index - 9));
    const { keyId, secret } = makeTokenParts(bytes);
    expect(keyId + secret).to.equal(DIGITS.slice(0, 51));
  });

  it('refuses to draw from too few bytes', () => {
    expect(() => makeTokenParts(new Uint8Array(50))).to.throw(RangeError);
    expect(() => makeTokenParts(new Uint8Array(TOKEN_RANDOM_BYTES).fill(250))).to.throw(RangeError);
  });
});

/** xorshift32: the same strings in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type { SealPlace } from '../../src/ports/secrets.ts';
import { createSecrets } from '../../src/secrets/aes-secrets.ts';
import { decrypt, encrypt } from '../../src/secrets/envelope.ts';

const PLACE: SealPlace = { organizationId: 'acme', integrationId: 'google-1', field: 'credentials' };
const PLAIN = '{"privateKey":"-----BEGIN…","name":"Zoë"}';
const DOES_NOT_OPEN = /a sealed secret does not open/;

describe('case-S13: sealed secrets', () => {
  const key = randomBytes(32);
  const secrets = createSecrets(key);
  const sealed = secrets.seal(PLAIN, PLACE);

  it('open again at the place they were sealed for', () => expect(secrets.open(sealed, PLACE)).to.equal(PLAIN));

  it('hold any text, also none', () => {
    for (const text of ['', 'a', '\0', 'ß…𝄞', 'x'.repeat(100_000)])
      expect(secrets.open(secrets.seal(text, PLACE), PLACE)).to.equal(text);
  });

  it('show nothing of the text, and never look the same twice', () => {
    const again = secrets.seal(PLAIN, PLACE);
    expect(again).not.to.equal(sealed);
    const bytes = again.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    expect([again, ...bytes].join()).not.to.match(/BEGIN|privateKey/);
  });

  for (const [what, place] of [
    ['organization', { ...PLACE, organizationId: 'rival' }],
    ['integration', { ...PLACE, integrationId: 'google-2' }],
    ['field', { ...PLACE, field: 'subject' }],
    ['split of the same letters', { ...PLACE, organizationId: 'acmeg', integrationId: 'oogle-1' }],
  ] as const)
    it(`do not open for another ${what}`, () => expect(() => secrets.open(sealed, place)).to.throw(DOES_NOT_OPEN));

  it('do not open when any single letter is changed', () => {
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
      expect(() => secrets.open(changed, PLACE), `letter ${at}`).to.throw(DOES_NOT_OPEN);
    }
  });

  it('do not open when their last letter is changed, even in bits that carry nothing', () => {
    for (const text of ['a', 'ab', 'abc']) {
      const whole = secrets.seal(text, PLACE);
      for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
        if (!whole.endsWith(letter))
          expect(() => secrets.open(`${whole.slice(0, -1)}${letter}`, PLACE), `${text} ${letter}`).to.throw(
            DOES_NOT_OPEN,
          );
    }
  });

  it('do not open when shortened, as with a tag cut to 4 bytes', () => {
    for (const cut of [1, 4, 8, 12, 15, 16])
      for (const part of [2, 3]) expect(() => secrets.open(shorten(sealed, part, cut), PLACE)).to.throw(DOES_NOT_OPEN);
  });

  it('do not open with parts of another seal', () => {
    const other = secrets.seal('other', PLACE).split('.');
    const mixed = [...sealed.split('.').slice(0, 3), other[3]].join('.');
    expect(() => secrets.open(mixed, PLACE)).to.throw(DOES_NOT_OPEN);
  });

  it('do not open with another key, and say that the key is missing', () =>
    expect(() => createSecrets(randomBytes(32)).open(sealed, PLACE)).to.throw(/key it was sealed with is not at hand/));

  it('still open with an old key, while new seals use the new one', () => {
    const next = randomBytes(32);
    const rotated = createSecrets(next, [key]);
    expect(rotated.open(sealed, PLACE)).to.equal(PLAIN);
    expect(createSecrets(next).open(rotated.seal(PLAIN, PLACE), PLACE)).to.equal(PLAIN);
    expect(() => secrets.open(rotated.seal(PLAIN, PLACE), PLACE)).to.throw(DOES_NOT_OPEN);
  });

  for (const text of ['', PLAIN, 'rcs2.0011223344556677.AAAA.AAAA', 'rcs1.0011223344556677.AAAA'])
    it(`refuse a text in no known format: ${text || 'nothing'}`, () =>
      expect(() => secrets.open(text, PLACE)).to.throw(DOES_NOT_OPEN));

  it('refuse a process key that has not 32 bytes', () =>
    expect(() => createSecrets(randomBytes(16))).to.throw(RangeError, '32 bytes'));
});

describe('case-S13: the authentication tag', () => {
  const key = randomBytes(32);

  it('of 4 bytes would pass in Node by default, and is refused here', () => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    const text = Buffer.concat([cipher.update('text'), cipher.final()]);
    const shortTag = cipher.getAuthTag().subarray(0, 4);
    const careless = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 4 }).setAuthTag(shortTag);
    expect(Buffer.concat([careless.update(text), careless.final()]).toString()).to.equal('text');
    expect(decrypt(key, Buffer.concat([nonce, text, shortTag]), '')).to.equal(null);
  });

  it('covers the context', () => {
    const box = encrypt(key, Buffer.from('text'), 'here');
    expect(decrypt(key, box, 'here')?.toString()).to.equal('text');
    expect(decrypt(key, box, 'there')).to.equal(null);
  });
});

describe('case-S07: the digest of a token', () => {
  const key = randomBytes(32);

  it('is 64 hex digits, the same for the same key and token', () => {
    const digest = createSecrets(key).digest('token');
    expect(digest).to.match(/^[0-9a-f]{64}$/);
    expect(createSecrets(Buffer.from(key)).digest('token')).to.equal(digest);
  });

  it('differs by token and by key', () => {
    const digests = [
      createSecrets(key).digest('token'),
      createSecrets(key).digest('tokeN'),
      createSecrets(randomBytes(32), [key]).digest('token'),
    ];
    expect(new Set(digests).size).to.equal(3);
  });
});

function shorten(sealed: string, part: number, bytes: number): string {
  const parts = sealed.split('.');
  const whole = Buffer.from(parts[part] ?? '', 'base64url');
  parts[part] = whole.subarray(0, whole.length - bytes).toString('base64url');
  return parts.join('.');
}

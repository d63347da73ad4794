import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { parseServiceAccount } from '../../../connectors/google/service-account.ts';
import { isAppError } from '../../../src/core/errors.ts';
import { createServiceAccount } from '../../simulators/google/token-api.ts';

const { account } = createServiceAccount();
const pemOf = ({ privateKey }: { readonly privateKey: KeyObject }) =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const FOREIGN_KEYS = {
  elliptic: pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  short: pemOf(generateKeyPairSync('rsa', { modulusLength: 1_024 })),
  restricted: pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2_048 })),
};

describe('parseServiceAccount', () => {
  it('takes the account, its key and the key id, and nothing else', () => {
    const odd = {
      ...account,
      token_uri: 'http://169.254.169.254/',
      universe_domain: 'evil.example',
      credential_source: {},
    };
    expect(parseServiceAccount(odd)).to.deep.equal({
      clientEmail: account.client_email,
      privateKey: account.private_key,
      privateKeyId: account.private_key_id,
    });
  });

  it('does without a key id', () => {
    const { private_key_id: _id, ...rest } = account;
    expect(parseServiceAccount(rest).privateKeyId).to.equal(null);
  });

  for (const [what, json] of [
    ['nothing', null],
    ['text', JSON.stringify(account)],
    ['a list', [account]],
    ['an OAuth client', { web: { client_id: 'x' } }],
    [
      'an external account',
      { ...account, type: 'external_account', credential_source: { url: 'http://evil.example' } },
    ],
    ['a user', { ...account, type: 'authorized_user' }],
    ['fields that are only inherited', Object.create(account)],
    ['no address', { ...account, client_email: undefined }],
    ['an address that is none', { ...account, client_email: 'somebody' }],
    ['an address with a line break', { ...account, client_email: 'a@b\nc' }],
    ['no key', { ...account, private_key: undefined }],
    ['a key that is no PEM', { ...account, private_key: 'c2VjcmV0LWtleS1tYXRlcmlhbA' }],
    ['a damaged key', { ...account, private_key: account.private_key.replace(/\n.{20}/, '\n') }],
    ['an elliptic key', { ...account, private_key: FOREIGN_KEYS.elliptic }],
    ['a short key', { ...account, private_key: FOREIGN_KEYS.short }],
    ['a key that cannot sign RS256', { ...account, private_key: FOREIGN_KEYS.restricted }],
    ['a huge key', { ...account, private_key: `${account.private_key}${'A'.repeat(20_000)}` }],
    ['a key id that is no id', { ...account, private_key_id: '../../etc' }],
  ] as const)
    it(`refuses ${what}, and does not quote the key`, () => {
      let caught: unknown;
      try {
        parseServiceAccount(json);
      } catch (error) {
        caught = error;
      }
      expect(isAppError(caught, 'invalid'), String(caught)).to.equal(true);
      const text = `${(caught as Error).message} ${(caught as Error).stack} ${JSON.stringify(caught)}`;
      for (const line of account.private_key.split('\n').slice(1, -2)) expect(text).not.to.include(line);
      expect(text).not.to.include('c2VjcmV0');
    });
});

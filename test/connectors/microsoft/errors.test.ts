import { expect } from 'chai';
import type { DirectoryFailure } from '../../../src/ports/directory.ts';
import type { Fault } from '../../simulators/graph/fault-rule.ts';
import { ROLES } from '../../simulators/graph/token-api.ts';
import { errorOf } from '../google/harness.ts';
import { type Harness, openHarness } from './harness.ts';

type Case = readonly [what: string, fault: Fault, failure: DirectoryFailure, words: string];
const refused = (status: number, code: string, message = code): Fault => ({ kind: 'error', status, code, message });
const denied = (number: number, error = 'invalid_client', status = 401): Fault => ({
  kind: 'token-error',
  status,
  error,
  number,
  description: 'No.',
});

const API: readonly Case[] = [
  ['Authorization_RequestDenied', refused(403, 'Authorization_RequestDenied'), 'config', ROLES.users],
  [
    'Authorization_IdentityNotFound',
    refused(401, 'Authorization_IdentityNotFound'),
    'config',
    'no place in this tenant',
  ],
  ['401 even with a fresh token', { kind: 'revoked-token' }, 'config', 'fresh token'],
  ['a 403 nobody has seen yet', refused(403, 'brandNew', 'Something else'), 'config', 'Something else'],
  ['a throttle that comes as 400', refused(400, 'activityLimitReached'), 'retry', 'could not be read|fewer calls'],
  ['a bad request', refused(400, 'Request_BadRequest', 'Odd $select'), 'config', 'Odd \\$select'],
];

const TOKEN: readonly Case[] = [
  ['an unknown tenant', denied(90002, 'invalid_request', 400), 'config', 'knows no tenant'],
  ['an unknown application', denied(700016, 'unauthorized_client', 400), 'config', 'not known in tenant'],
  ['a wrong secret', denied(7000215), 'config', "secret's value"],
  ['an expired secret', denied(7000222), 'config', 'has expired'],
  ['an unknown certificate', denied(700027), 'config', 'does not accept the certificate'],
  ['a wrong clock', denied(700024), 'config', 'clock of this server'],
  ['a disabled application', denied(7000112, 'unauthorized_client', 400), 'config', 'disabled in this tenant'],
  ['a policy', denied(53003, 'invalid_grant', 400), 'config', 'Conditional Access'],
  ['trouble of the login', denied(90033, 'temporarily_unavailable', 503), 'retry', '503'],
  ['a refusal nobody has seen yet', denied(999999, 'brand_new', 400), 'config', 'AADSTS999999'],
];

describe('what the Microsoft connector makes of refusals', () => {
  let microsoft: Harness;
  before(async () => {
    microsoft = await openHarness(3);
  });
  afterEach(() => microsoft.reset());
  after(() => microsoft.close());

  for (const [operation, cases] of [
    ['users.delta', API],
    ['token', TOKEN],
  ] as const)
    for (const [what, fault, failure, words] of cases)
      it(`${operation}: ${what} is ${failure}`, async () => {
        microsoft.simulator.control.fault({ match: { operation }, times: 'always', fault });
        const error = await errorOf(microsoft.open().readPage(null));
        expect(error).to.include({ name: 'MicrosoftError', failure });
        expect(error).to.have.property('message').that.matches(new RegExp(words));
      });

  it('asks once more, and no oftener, when an admin must act', async () => {
    microsoft.simulator.control.consent([]);
    await errorOf(microsoft.open().readPage(null));
    expect(microsoft.simulator.control.requests()).to.have.length(2);
  });

  it('says that a certificate cannot be read, and sends nothing', async () => {
    const { certificate } = microsoft.simulator.application;
    const half = certificate.slice(0, certificate.indexOf('-----BEGIN PRIVATE KEY'));
    for (const broken of ['', 'nonsense', half]) {
      const credentials = { clientSecret: null, certificate: broken };
      const error = await errorOf(microsoft.open({ credentials }).readPage(null));
      expect(error).to.include({ failure: 'config' }).and.to.have.property('message').that.includes('cannot be read');
    }
    expect(microsoft.simulator.control.requests()).to.deep.equal([]);
  });

  it('says that a certificate is another one than registered', async () => {
    const { createSelfSigned } = await import('../../simulators/graph/self-signed.ts');
    const credentials = { clientSecret: null, certificate: createSelfSigned('other', Date.now()).pem };
    expect(await errorOf(microsoft.open({ credentials }).readPage(null)))
      .to.include({ failure: 'config' })
      .and.to.have.property('message')
      .that.includes('does not accept the certificate');
  });
});

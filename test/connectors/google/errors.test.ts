import { expect } from 'chai';
import type { DirectoryFailure } from '../../../src/ports/directory.ts';
import type { Fault } from '../../simulators/google/fault-rule.ts';
import { SCOPES } from '../../simulators/google/token-api.ts';
import { errorOf, type Harness, openHarness } from './harness.ts';

type Case = readonly [what: string, fault: Fault, failure: DirectoryFailure, words: string];
const refusal = (status: number, reason: string, message?: string): Fault =>
  message === undefined ? { kind: 'error', status, reason } : { kind: 'error', status, reason, message };
const denied = (error: string, description = '', status = 400): Fault => ({
  kind: 'token-error',
  status,
  error,
  description,
});
const newer = (status: string, reason: string): Fault => ({
  kind: 'body',
  status: 403,
  body: {
    error: {
      code: 403,
      status,
      message: 'no',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }],
    },
  },
});

const API: readonly Case[] = [
  [
    'forbidden',
    refusal(403, 'forbidden', 'Not Authorized to access this resource/api'),
    'config',
    'privilege "Users, Read"',
  ],
  ['insufficientPermissions', refusal(403, 'insufficientPermissions'), 'config', SCOPES.users],
  [
    'accessNotConfigured, though its domain is usageLimits',
    refusal(403, 'accessNotConfigured'),
    'config',
    'Admin SDK API',
  ],
  ['domainCannotUseApis', refusal(403, 'domainCannotUseApis'), 'config', 'API access'],
  ['SERVICE_DISABLED in the newer form', newer('PERMISSION_DENIED', 'SERVICE_DISABLED'), 'config', 'Admin SDK API'],
  [
    'ACCESS_TOKEN_SCOPE_INSUFFICIENT in the newer form',
    newer('PERMISSION_DENIED', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'),
    'config',
    SCOPES.users,
  ],
  ['RATE_LIMIT_EXCEEDED in the newer form', newer('RESOURCE_EXHAUSTED', 'RATE_LIMIT_EXCEEDED'), 'retry', 'fewer calls'],
  ['a 403 nobody has seen yet', refusal(403, 'brandNew', 'Something else'), 'config', 'Something else'],
  ['400 on the first page', refusal(400, 'invalid', 'Invalid Input: customer'), 'config', 'Invalid Input: customer'],
  ['404 on the first page', refusal(404, 'notFound', 'Resource Not Found: customer'), 'config', 'Resource Not Found'],
  ['401 even with a fresh token', { kind: 'revoked-token' }, 'config', 'fresh token'],
];

const TOKEN: readonly Case[] = [
  ['a bad signature', denied('invalid_grant', 'Invalid JWT Signature.'), 'config', 'Create a new JSON key'],
  [
    'a wrong clock',
    denied('invalid_grant', 'Invalid JWT: Token must be short-lived and in a reasonable timeframe'),
    'config',
    'clock of this server',
  ],
  ['a deleted account', denied('invalid_grant', 'Invalid grant: account not found'), 'config', 'deleted or disabled'],
  ['an unknown subject', denied('invalid_grant', 'Invalid email or User ID'), 'config', 'admin@sim.example'],
  ['invalid_grant for no stated reason', denied('invalid_grant'), 'config', 'admin@sim.example'],
  [
    'missing delegation',
    denied('unauthorized_client', 'Client is unauthorized', 401),
    'config',
    'Domain-wide delegation',
  ],
  ['a policy of the admin', denied('admin_policy_enforced', '', 403), 'config', 'Domain-wide delegation'],
  ['access denied', denied('access_denied', '', 403), 'config', 'Domain-wide delegation'],
  ['a bad scope', denied('invalid_scope'), 'config', SCOPES.users],
  ['a disabled client', denied('disabled_client', '', 401), 'config', 'connect another one'],
  ['an error nobody has seen yet', denied('brand_new', 'Something else'), 'config', 'Something else'],
];

describe('what Google’s refusals mean', () => {
  let google: Harness;
  before(async () => {
    google = await openHarness(3);
  });
  afterEach(() => google.reset());
  after(() => google.close());
  const control = () => google.simulator.control;

  for (const [operation, cases] of [
    ['users.list', API],
    ['token', TOKEN],
  ] as const)
    for (const [what, fault, failure, words] of cases)
      it(`${operation}: ${what} is ${failure}`, async () => {
        control().fault({ match: { operation }, times: 'always', fault });
        const error = await errorOf(google.open().readPage(null));
        expect(error).to.include({ failure });
        expect((error as Error).message).to.include(words);
        // A configuration error is told at once, without another try.
        const tries = { config: fault.kind === 'revoked-token' ? 2 : 1, reset: 1, retry: 6 }[failure];
        expect(control().stats().calls[operation]).to.equal(tries);
      });

  for (const status of [400, 410])
    it(`${status} on a later page asks for a fresh start`, async () => {
      const fault = refusal(status, 'invalid', 'Invalid Input: pageToken');
      control().fault({ match: { operation: 'users.list' }, fault });
      expect(await errorOf(google.open().readPage('some-token'))).to.include({ failure: 'reset' });
    });

  it('a 401 is survived when a fresh token helps', async () => {
    control().fault({ match: { operation: 'users.list' }, fault: { kind: 'revoked-token' } });
    expect((await google.open().readPage(null)).people).to.have.length(3);
    expect(control().stats().calls.token).to.equal(2);
  });

  it('a key that cannot sign is told without a call', async () => {
    for (const privateKey of ['', 'nonsense', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n']) {
      const error = await errorOf(google.open({}, { privateKey }).readPage(null));
      expect(error).to.include({ failure: 'config', about: 'token' });
      expect((error as Error).message).to.include('create a new JSON key');
    }
    expect(control().requests()).to.deep.equal([]);
  });

  it('another account’s key is told apart from a missing delegation', async () => {
    const { createServiceAccount } = await import('../../simulators/google/token-api.ts');
    const privateKey = createServiceAccount().account.private_key;
    const error = await errorOf(google.open({}, { privateKey }).readPage(null));
    expect((error as Error).message).to.include('Google does not accept the key');
  });

  it('nothing listening at all is passing trouble', async () => {
    const error = await errorOf(google.open({ googleBaseUrl: 'http://127.0.0.1:9' }).readPage(null));
    expect(error).to.include({ failure: 'retry' });
    expect((error as Error).message).to.include('ECONNREFUSED');
  });
});

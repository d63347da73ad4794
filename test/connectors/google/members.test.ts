import { expect } from 'chai';
import { type Harness, openHarness } from './harness.ts';

const GROUP = { id: 'g', email: 'g@sim.example', members: [1] };

/** A refusal as the newer services word it: the status beside the reason. */
const newer = (status: string, reason: string) => ({
  error: { code: 403, message: 'no', status, details: [{ reason, domain: 'googleapis.com' }] },
});
const older = (reason: string) => ({ error: { code: 403, message: 'no', errors: [{ reason, domain: 'global' }] } });

const REFUSALS: readonly (readonly [string, object, RegExp])[] = [
  ['a missing scope', older('insufficientPermissions'), /^The members of g may not be read: delegate the scope/],
  [
    'a missing scope, in newer words',
    newer('PERMISSION_DENIED', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'),
    /^The members of g may not be read: delegate the scope/,
  ],
  ['a group elsewhere', older('forbidden'), /^The members of g may not be read: it is a group of another/],
  ['no reason at all', newer('PERMISSION_DENIED', 'OTHER'), /it is a group of another .* lacks the privilege/],
  ['an API that is off', older('accessNotConfigured'), /The Admin SDK API is switched off/],
  [
    'an API that is off, in newer words',
    newer('PERMISSION_DENIED', 'SERVICE_DISABLED'),
    /Admin SDK API is switched off/,
  ],
  ['API access that is off', older('domainCannotUseApis'), /^g: API access is switched off/],
];

describe('the members of a Google group', () => {
  let google: Harness;
  before(async () => {
    google = await openHarness(5);
  });
  beforeEach(() => {
    google.reset();
    google.simulator.control.group(GROUP);
  });
  after(() => google.close());

  for (const [what, body, says] of REFUSALS)
    it(`are refused for ${what}, in words`, async () => {
      google.simulator.control.fault({
        match: { operation: 'members.list' },
        fault: { kind: 'body', status: 403, body },
      });
      const { ok, message } = await google.open().testGroup('g');
      expect(ok).to.equal(false);
      expect(message).to.match(says);
    });

  it('are waited for about five seconds while somebody looks at the screen', async () => {
    const fault = { kind: 'slow-first-byte', ms: 8_000 } as const;
    google.simulator.control.fault({ match: { operation: 'members.list' }, fault });
    const before = Date.now();
    expect(await google.open({ timeoutMs: 20_000 }).testGroup('g')).to.deep.equal({
      name: 'group',
      ok: false,
      message: 'g: Google did not answer in time.',
    });
    expect(Date.now() - before).to.be.within(4_500, 7_000);
  });
});
